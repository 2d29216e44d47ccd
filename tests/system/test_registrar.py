"""The registrar: she decides who is who, and a form whose answer was lost makes one entry."""

from tests import living
from tongmai.commons.residents.models import IdentityReview, Merge, Resident
from tongmai.foundation.orgs.roles import Role


def test_two_who_may_be_one_stand_side_by_side_and_what_was_decided_can_be_undone(county, seat):
    # Given two entries that another system's registration makes doubtful
    registrar = county.world.actor(Role.REGISTRAR, org=county.world.lead)
    living.twins(registrar, number=1)
    screen = seat(registrar)

    # When she compares them, field by field
    screen.opens("residents:reviews").keeps_picture("reviews").follows("示例冬")
    screen.sees("门牌一致", "权重").keeps_picture("review")

    # And says that they are one person
    screen.page.check("[name=decision][value=same]")
    screen.fills("理由", "本人持身份证到场").presses("提交").sees("没有等您核对的登记")

    # Then the entry that stands says so, and the merge can be taken back
    merge = Merge.objects.get()
    screen.opens("residents:merges", merge.survivor_id).keeps_picture("merges").sees("本人持身份证到场")
    assert IdentityReview.objects.get().verdict == "same"


def test_a_registration_whose_answer_was_lost_is_made_once(county, seat):
    # Given a registrar who enters somebody without a number
    screen = seat(county.world.actor(Role.REGISTRAR, org=county.world.lead))
    screen.opens("residents:new")
    page, n = screen.page, Resident.objects.count()
    page.fill("[name=name]", "示例新")
    page.select_option("[name=sex]", "female")
    page.fill("[name=born_on]", "1960-05-17")

    # When the form arrives and the line breaks before the answer does
    def loses_the_answer(route):
        if route.request.method != "POST":
            return route.continue_()
        route.fetch(max_redirects=0)
        route.abort("connectionreset")

    page.route("**/residents/new/", loses_the_answer)
    with page.expect_event("requestfailed"):
        page.click("form#register button[type=submit]", no_wait_after=True)
    page.wait_for_function("location.protocol === 'chrome-error:'")
    assert Resident.objects.count() == n + 1
    page.unroute("**/residents/new/")

    # And she loads the page again, with which the browser sends the same form once more
    page.reload()

    # Then she is led to the entry that she made, and there is one
    assert "/residents/new/" not in page.url and "示例新" in page.content()
    assert Resident.objects.count() == n + 1

    # And whom she enters next is another person
    screen.opens("residents:new")
    page.fill("[name=name]", "示例又")
    page.select_option("[name=sex]", "male")
    page.fill("[name=born_on]", "1971-02-03")
    with page.expect_navigation():
        page.click("form#register button[type=submit]")
    assert Resident.objects.count() == n + 2
