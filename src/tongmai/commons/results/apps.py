from django.apps import AppConfig


class ResultsConfig(AppConfig):
    name = "tongmai.commons.results"
    label = "results"

    def ready(self) -> None:
        from tongmai.commons.results.naming import lend
        from tongmai.foundation.audit import wording

        lend(wording)
