"""What only a person can decide."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from learners.models import Learner, Officer, Organisation
from onefile_integration.models.journal import ExchangePlan, Step, Subject
from onefile_integration.words import Environment, QuestionKind


class QuestionQuerySet(models.QuerySet["Question"]):
    def open(self) -> QuestionQuerySet:
        return self.filter(answered_at__isnull=True)


class Question(models.Model):
    """What only a person can decide, with the facts side by side."""

    kind = models.CharField(max_length=18, choices=QuestionKind)
    environment = models.CharField(max_length=8, choices=Environment)
    # Whose exchange asks.
    learner = models.ForeignKey(Learner, models.CASCADE, null=True, related_name="onefile_questions")
    officer = models.ForeignKey(Officer, models.CASCADE, null=True, related_name="onefile_questions")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="onefile_questions")
    plan = models.ForeignKey(ExchangePlan, models.SET_NULL, null=True, related_name="questions")
    step = models.ForeignKey(Step, models.SET_NULL, null=True, related_name="questions")
    # What it is about (our record), so that the same doubt is one question however often it is met.
    about = models.CharField(max_length=80)
    text = models.CharField(max_length=1000)
    facts = models.JSONField(default=list)
    answers = models.JSONField(default=list)
    asked_at = models.DateTimeField(auto_now_add=True)
    answer = models.CharField(max_length=40, blank=True)
    value = models.CharField(max_length=100, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=150, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "kind", "about"],
                condition=Q(answered_at__isnull=True),
                name="question_once_while_open",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by="")
                | Q(answered_at__isnull=False) & ~Q(answered_by="") & ~Q(answer=""),
                name="question_answered_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def subject(self) -> Subject | None:
        return self.learner or self.officer or self.organisation

    @property
    def answer_label(self) -> str:
        """The words of the button that was pressed."""
        return next((label for word, label in self.answers if word == self.answer), self.answer)
