"""Names of the schemas in the API's description.

ninja collects the definitions of all operations in one place under the short names of their classes, so that the
`ReasonIn` of one app overwrote that of another and the description lied.  Here each carries its app: `capacity_ReasonIn`.
"""

import re
from collections.abc import Iterator

from ninja import Schema
from ninja.openapi import schema as described
from ninja.schema import NinjaGenerateJsonSchema
from pydantic.json_schema import CoreModeRef, DefsRef

# pydantic refers to a class as `module.Class:identity`, and to one inside brackets without its module.
_REFERRED = re.compile(r"([\w.]+):(\d+)")
_LAYERS = {"foundation", "commons", "care"}


class NamesWithApps(NinjaGenerateJsonSchema):
    """Prefers the name with its app to the short one."""

    def get_defs_ref(self, core_mode_ref: CoreModeRef) -> DefsRef:
        found = super().get_defs_ref(core_mode_ref)
        modules = {id(kind): kind.__module__ for kind in _kinds(Schema)}
        said = _REFERRED.sub(lambda match: _with_app(match[1], modules.get(int(match[2]), "")), core_mode_ref[0])
        name = self.normalize_name(said)
        self._prioritized_defsref_choices[found][:2] = [DefsRef(name), DefsRef(f"{name}-{core_mode_ref[1]}")]
        return found


def install_names() -> None:
    """Let ninja use these names; it has no setting for it."""
    described.NinjaGenerateJsonSchema = NamesWithApps


def _kinds(kind: type) -> Iterator[type]:
    for each in kind.__subclasses__():
        yield each
        yield from _kinds(each)


def _with_app(path: str, module: str) -> str:
    """Return `referrals_Consent_How` for `tongmai.care.referrals.models.referral.Consent.How`."""
    parts = (path if "." in path else f"{module}.{path}").split(".")
    if parts[0] != "tongmai":
        return parts[-1]
    app = parts[2] if parts[1] in _LAYERS else parts[1]
    return "_".join([app, *(part for part in parts if part[:1].isupper())])
