from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from onefile_sandbox import clock, records
from onefile_sandbox.models import Review, Visit

# Each step needs the one before: started, then the assessor signs, the learner, the employer.
STEPS = ["started_on", "assessor_signed_on", "learner_signed_on", "employer_signed_on"]
WORDS = ["Scheduled", "Started", "Signed by the assessor", "Signed by the learner", "Signed by all"]


def steps_done(review: Review) -> int:
    return next((n for n, step in enumerate(STEPS) if getattr(review, step) is None), len(STEPS))


def advance(review: Review, step: str) -> bool:
    """Takes one step if it is that step's turn."""
    if steps_done(review) != STEPS.index(step):
        return False
    setattr(review, step, clock.now())
    review.save()
    records.touch_learner(review)
    return True


@admin.register(Review)
class ReviewAdmin(admin.ModelAdmin):
    list_display = ["id", "learner", "assessor", "scheduled_for", "state"]
    list_display_links = ["learner"]
    list_filter = ["learner__organisation", ("assessor", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["learner", "assessor"]
    date_hierarchy = "scheduled_for"
    search_fields = ["learner__first_name", "learner__last_name", "learner__misid"]
    autocomplete_fields = ["learner", "assessor", "employer"]
    raw_id_fields = ["visit"]
    actions = ["start", "assessor_signs", "learner_signs", "employer_signs", "back_to_scheduled"]

    @admin.display
    def state(self, review: Review) -> str:
        return WORDS[steps_done(review)]

    def save_model(self, request: HttpRequest, obj: Review, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        records.touch_learner(obj)

    def _step(self, request: HttpRequest, chosen: QuerySet[Review], step: str, words: str) -> None:
        results = [advance(review, step) for review in chosen]
        if any(results):
            messages.success(request, f"{words}: {results.count(True)}")
        if not all(results):
            messages.warning(request, f"Left as they were, because it is not their turn: {results.count(False)}")

    @admin.action(description="Start the review")
    def start(self, request: HttpRequest, chosen: QuerySet[Review]) -> None:
        self._step(request, chosen, "started_on", "Started")

    @admin.action(description="The assessor signs")
    def assessor_signs(self, request: HttpRequest, chosen: QuerySet[Review]) -> None:
        self._step(request, chosen, "assessor_signed_on", "Signed by the assessor")

    @admin.action(description="The learner signs")
    def learner_signs(self, request: HttpRequest, chosen: QuerySet[Review]) -> None:
        self._step(request, chosen, "learner_signed_on", "Signed by the learner")

    @admin.action(description="The employer signs")
    def employer_signs(self, request: HttpRequest, chosen: QuerySet[Review]) -> None:
        self._step(request, chosen, "employer_signed_on", "Signed by the employer")

    @admin.action(description="Back to scheduled (takes back start and signatures)")
    def back_to_scheduled(self, request: HttpRequest, chosen: QuerySet[Review]) -> None:
        messages.success(request, f"Back to scheduled: {chosen.update(**dict.fromkeys(STEPS))}")


@admin.register(Visit)
class VisitAdmin(admin.ModelAdmin):
    list_display = ["id", "learner", "date_from", "date_to", "visit_type_id"]
    list_select_related = ["learner"]
    autocomplete_fields = ["learner", "assessor"]
