"""Bells. What is to be done stands in the database; a task that is lost or doubled does no harm."""

from __future__ import annotations

from celery import shared_task

from learners.files import jobs


@shared_task
def tick() -> None:
    jobs.tick()


@shared_task
def work_import(job: int) -> None:
    jobs.work(job)
