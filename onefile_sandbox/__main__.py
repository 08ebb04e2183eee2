"""python -m onefile_sandbox: a OneFile on this machine, to practise and to test on."""

import argparse
import os
import sys
from pathlib import Path


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m onefile_sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8021, help="0 takes a free one and prints it")
    parser.add_argument("--data", type=Path, default=Path("var/onefile-sandbox"), help="folder of its database")
    parser.add_argument("--token", help="customer token that it accepts (default: the one it had)")
    parser.add_argument("--seed", choices=("demo", "empty"), default="demo", help="what an empty database gets")
    parser.add_argument("--limit", type=int, default=300, help="calls per window")
    parser.add_argument("--window", type=float, default=60.0, help="seconds of a window")
    parser.add_argument("--reset", action="store_true", help="empty the database first")
    return parser.parse_args()


def _set_up(options: argparse.Namespace) -> None:
    options.data.mkdir(parents=True, exist_ok=True)
    os.environ["ONEFILE_SANDBOX_DATA"] = str(options.data)
    local = ("127.0.0.1", "localhost", "[::1]", options.host)
    os.environ["ONEFILE_SANDBOX_HOSTS"] = "*" if options.host in ("0.0.0.0", "::") else ",".join(local)  # noqa: S104
    os.environ["DJANGO_SETTINGS_MODULE"] = "onefile_sandbox.settings"
    import django

    django.setup()


def main() -> None:
    options = _arguments()
    _set_up(options)
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from django.db import connections, transaction

    from onefile_sandbox import centre, server
    from onefile_sandbox.limits import limiter

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        customer = centre.prepare(options.token, options.seed)
        if options.reset:
            centre.reset(options.seed)
    connections.close_all()
    limiter.set(options.limit, options.window)

    def announce(port: int) -> None:
        host = f"[{options.host}]" if ":" in options.host else options.host
        sys.stdout.write(
            f"OneFile sandbox on http://{host}:{port}/api/v2.1\n"
            f"Customer token: {customer.token}\n"
            f"Assessor's desk: http://{host}:{port}/admin/ ({centre.DESK_USER} / {centre.DESK_PASSWORD})\n"
        )
        sys.stdout.flush()

    try:
        server.start(options.host, options.port, get_wsgi_application(), announce)
    except OSError as wrong:
        sys.exit(f"cannot serve on {options.host}:{options.port}: {wrong.strerror}")


if __name__ == "__main__":
    main()
