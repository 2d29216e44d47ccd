"""Three administrators who cannot do each other's work, and a user with two posts."""

from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs.models import Post
from tongmai.foundation.orgs.tests import factories


def test_the_security_administrator_gives_a_post_its_holder_switches_and_it_ends(county, seat):
    # Given a general practitioner, and an administrator of security
    doctor = county.gp
    screen = seat(county.world.actor("security_admin"))
    screen.opens("orgs:staff").keeps_picture("staff")

    # When he gives her a second post
    screen.opens("orgs:person", doctor.staff_id).keeps_picture("person").follows("给予岗位")
    screen.chooses("机构", "甲镇卫生院").chooses("岗位", "挂号收费员").presses("给予岗位").sees("挂号收费员")
    second = Post.objects.get(staff_id=doctor.staff_id, role="registrar")

    # Then she switches to it in the head of the page, and sees other things
    hers = seat(doctor)
    hers.opens("portal:home").opens("orgs:list")
    hers.page.get_by_title("我现在的岗位").click()
    hers.keeps_picture("posts")
    hers.presses("甲镇卫生院 · 挂号收费员", within=".tm-top")
    assert "挂号收费员" in hers.page.locator(".tm-post").inner_text()
    hers.is_refused("encounters:list", status=403)

    # When the post is ended from today, it is gone at her next click
    Post.objects.filter(id=second.id).update(starts_on=factories.LONG_AGO)
    screen.opens("orgs:post-end", second.id).presses("结束岗位").sees("岗位已结束")
    hers.opens("portal:home")
    assert "全科医生" in hers.page.locator(".tm-post").inner_text()
    assert Event.objects.filter(name__in=["orgs.PostGiven", "orgs.PostEnded"]).count() >= 2


def test_no_administrator_opens_the_pages_of_another(county, seat):
    # Given the three administrators, and the pages of each
    pages = {
        "system_admin": ["audit:operations", "orgs:new"],
        "security_admin": ["orgs:tokens", "orgs:staff-new"],
        "audit_admin": ["audit:events", "audit:accesses"],
    }
    for role, own in pages.items():
        screen = seat(county.world.actor(role))
        screen.opens("portal:home").keeps_picture(f"home-{role}")

        # Then each reads her own pages
        for name in own:
            screen.opens(name).keeps_picture(name.replace(":", "-"))
            assert screen.status == 200

        # And none of the others', nor any resident's record
        for name in (name for other, names in pages.items() if other != role for name in names):
            screen.is_refused(name, status=403)
        screen.is_refused("residents:list", status=403)
        assert screen.opens("portal:resident", county.resident.id).status in (403, 404)


def test_the_door(county, new_page, live_server, axe):
    # Given somebody with a password
    account = factories.user(factories.post("manager", at=county.world.lead).staff)
    page = new_page()

    # When she is not signed in, each page leads to the door
    page.goto(f"{live_server.url}/capacity/compliance/")
    axe(page)
    page.fill("[name=username]", account.username)
    page.fill("[name=password]", "wrong")
    page.press("[name=password]", "Enter")
    page.wait_for_selector("[role=alert]")

    # Then the right password leads to where she wanted to go
    page.fill("[name=password]", factories.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/capacity/compliance/**")
