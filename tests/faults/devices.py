"""Run in a process of its own, on the database of an installation: enters a device at a new site; argument: certificate."""

import sys

TITLE = "CT_FAULTS"


def main(certificate: str) -> None:
    import django

    django.setup()
    from django.utils import timezone

    from tongmai.commons.imaging.models import Device
    from tongmai.foundation.orgs.models import Org

    site = Org.objects.filter(level=Org.Level.TOWNSHIP).first()
    Device.objects.update_or_create(
        ae_title=TITLE,
        defaults={
            "name": "CT", "org": site, "modalities": "CT", "certificate": certificate, "registered_at": timezone.now(),
        },
    )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
