"""Keeping and removing views of lists."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import User
from tongmai.foundation.saved_views import lists
from tongmai.foundation.saved_views.models import SavedView
from tongmai.kernel.errors import InvalidInput, NotFound
from tongmai.kernel.text import N_

MOST = 20  # of one user for one list: more would be no help
LONGEST_NAME = 30


@transaction.atomic
def save(*, list_name: str, name: str, asked: Mapping[str, str], by: Actor) -> SavedView:
    """Keep the filters and the order of a list under a name; the same name again replaces what it meant.

    Raises:
        NotFound: no such list, or the actor has no sign-in.
        InvalidInput: no name or too long a one, nothing to keep, or too many already.
    """
    name = name.replace("\x00", "").strip()
    if by.user_id is None or list_name not in lists.LISTS:
        raise NotFound()
    query = lists.kept(list_name, asked)
    if not name or len(name) > LONGEST_NAME:
        raise InvalidInput(field="name", problem=N_("请为视图起一个不超过 30 个字的名称"))
    if not query:
        raise InvalidInput(field="name", problem=N_("请先选择筛选条件或排序，再保存"))
    User.objects.select_for_update().get(id=by.user_id)  # two tabs of one user count one after the other
    own = SavedView.objects.filter(user_id=by.user_id, list_name=list_name)
    if own.exclude(name=name).count() >= MOST:
        raise InvalidInput(field="name", problem=N_("保存的视图已满 20 个，请先删除不用的"))
    view, _ = SavedView.objects.update_or_create(
        user_id=by.user_id, list_name=list_name, name=name, defaults={"query": query, "saved_at": by.now}
    )
    return view


@transaction.atomic
def remove(*, view_id: UUID, by: Actor) -> str:
    """Remove one's own view, and return the name of its list.

    Raises:
        NotFound: absent, or another user's.
    """
    view = SavedView.objects.filter(id=view_id, user_id=by.user_id).first() if by.user_id else None
    if view is None:
        raise NotFound()
    view.delete()
    return view.list_name
