"""She comes back down: treated above, sent down with a plan, received below, followed up until it is done."""

import re
import zlib

from tests.system.test_up import consents
from tongmai.care.referrals.models import FollowUp, Referral

SUMMARY = "动态血压提示夜间高血压，调整方案后达标，无靶器官损害。"


def test_the_specialist_treats_and_sends_down_with_a_plan(county, seat):
    # Given a referral that was accepted, and its patient is here
    referral = county.accepted()
    screen = seat(county.specialist)
    screen.opens("referrals:detail", referral.id).presses("登记到诊").sees("已到诊")

    # When the specialist confirms what she was referred with, and ends the visit
    referral.refresh_from_db()
    screen.opens("encounters:detail", referral.arrival_encounter_id).keeps_picture("encounter")
    screen.presses("确认并保存诊断")
    screen.opens("referrals:detail", referral.id).presses("治疗结束").sees("已治疗")

    # And sends her to the clinic of her village, with summary, medicine and plan
    screen.follows("发起下转").chooses("接收机构", "甲镇示例村卫生室").chooses("下转类别", "急性病恢复期")
    screen.fills("下转原因", "病情稳定，回基层管理").fills("出院小结", SUMMARY).fills(
        "警示症状", "胸痛、言语不清立即呼救"
    )
    screen.fills("药名", "氨氯地平片").fills("剂量", "5 mg").fills("用法", "每日一次").fills("天数", "28")
    consents(screen, county.resident.name)
    screen.keeps_picture("down-form").presses("发起下转")

    # Then the village has it, and the plan can be printed
    down = Referral.objects.get(direction="down")
    assert (down.state, down.receiver_id, down.parent_id) == ("submitted", county.world.village.id, referral.id)
    screen.keeps_picture("down")
    paper = screen.fetches("referrals:plan-pdf", down.id)
    assert is_pdf(paper)


def test_the_village_doctor_receives_and_follows_up_until_it_is_closed(county, seat):
    # Given somebody sent down to the village with a plan
    down = county.down_submitted(receiver_id=county.world.village.id)
    phone = seat(county.village_doctor, on_phone=True)

    # When the doctor accepts her from the list of what waits, and she is back home
    phone.opens("portal:home").sees(county.resident.name).keeps_picture("phone-home")
    phone.opens("referrals:detail", down.id).presses("接收").presses("登记接回")
    phone.keeps_picture("phone-down")

    # And visits her as often as planned
    assert down.follow_ups.exists()
    while (follow_up := next_of(down)) is not None:
        phone.opens("referrals:follow-up", follow_up.id).keeps_picture("phone-follow-up")
        phone.ticks("稳定").fills("收缩压 mmHg", "132").fills("舒张压 mmHg", "82").presses("记录随访")

    # Then it can be closed, and is
    phone.opens("referrals:detail", down.id).presses("完成随访").sees("已结案").keeps_picture("phone-closed")
    down.refresh_from_db()
    assert down.state == "closed"
    phone.opens("portal:home").sees_not("待随访", "下转")


def test_the_slip_on_paper_can_be_verified_by_anybody(county, seat, new_page, live_server):
    # Given a referral that was sent
    referral = county.submitted()
    screen = seat(county.gp)
    screen.opens("referrals:detail", referral.id)

    # When its slip is printed
    paper = screen.fetches("referrals:slip", referral.id)

    # Then it is a PDF whose code leads to the address where it is verified
    assert is_pdf(paper)
    address = next(found for found in links_of(paper) if str(referral.id) in found)

    # And whoever has the paper, signed in or not, is told that it is genuine, and no more
    visitor = new_page()
    visitor.goto(address)
    assert "这份转诊单是真实的" in visitor.inner_text("#tm-main")
    assert county.resident.name not in visitor.inner_text("body")
    visitor.goto(address.rstrip("/")[:-1] + "0/")
    assert "没有这份转诊单" in visitor.inner_text("#tm-main")


def next_of(down: Referral) -> FollowUp | None:
    return down.follow_ups.filter(done_at__isnull=True, dropped_at__isnull=True).order_by("due_on").first()


def is_pdf(content: bytes) -> bool:
    return content.startswith(b"%PDF") and content.rstrip().endswith(b"%%EOF")


def links_of(content: bytes) -> list[str]:
    """Return the addresses that a PDF leads to, those in packed streams too."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.S)
    return [found.decode() for found in re.findall(rb"/URI ?\(([^)]*)\)", content + b"".join(map(_unpacked, streams)))]


def _unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""
