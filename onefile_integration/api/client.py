"""OneFile's REST API v2.1.

    budget = Budget(redis, environment="live", token_hash=token_hash(token), limits=Limits(), ...)
    sessions = SessionStore(redis, cipher, environment="live", token_hash=token_hash(token))
    onefile = OneFile(address, token, budget=budget, sessions=sessions, lane=Lane.PEOPLE)
    onefile.search_users(Role.LEARNER, organisation_id, misid="AB12C")

    with onefile.reserve():          # a slot first, then the intent, then the write
        ...                          # commit what is about to be done
        new_id = onefile.create_user(NewUser(...))

One object for one thread; budget and sessions may be shared.
"""

from onefile_integration.api.looks import Looks
from onefile_integration.api.reads import Reads
from onefile_integration.api.writes import Writes


class OneFile(Reads, Writes, Looks):
    pass
