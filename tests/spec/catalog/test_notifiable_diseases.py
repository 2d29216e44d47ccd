"""Statutory infectious diseases: 42 since 25 March 2026.

Law on the prevention of infectious diseases (revised, in force 1 September 2025: 40 diseases, 2 of class A, 27 of B and
11 of C), with chikungunya and severe fever with thrombocytopenia syndrome added to class B in 2026.
"""

from datetime import date

import pytest

from tests.harness.tables import rows
from tongmai.foundation.catalog import rules, starter
from tongmai.kernel import spans

title = "Statutory infectious diseases"


def law_of(day: date) -> list[rules.Notifiable]:
    return [
        rules.Notifiable(
            row["slug"],
            row["name"],
            row["category"],
            tuple(row["icd10_prefixes"].split()),
            tuple(row["fast_prefixes"].split()),
        )
        for row in starter.rows("notifiable_diseases")
        if spans.covers(date.fromisoformat(row["starts_on"]), starter.day_or(row["ends_before"], None), day)
    ]


@pytest.mark.parametrize(
    "row",
    rows("""
        on         | A | B  | C  | all
        2019-12-31 | 2 | 26 | 11 | 39
        2020-01-20 | 2 | 27 | 11 | 40
        2023-09-20 | 2 | 28 | 11 | 41
        2025-08-31 | 2 | 28 | 11 | 41
        2025-09-01 | 2 | 27 | 11 | 40
        2026-03-24 | 2 | 27 | 11 | 40
        2026-03-25 | 2 | 29 | 11 | 42
        2026-11-22 | 2 | 29 | 11 | 42
    """),
    ids=lambda row: row["on"],
)
def test_how_many_diseases_the_law_lists(row):
    """The list is versioned by validity: on 1 September 2025 two kinds of avian influenza became one disease."""
    law = law_of(date.fromisoformat(row["on"]))
    counts = [str(sum(disease.category == category for disease in law)) for category in "abc"]
    assert [*counts, str(len(law))] == [row["A"], row["B"], row["C"], row["all"]]


@pytest.mark.parametrize(
    "row",
    rows("""
        diagnosis  | on         | disease                    | class | like A
        A20.900    | 2026-11-22 | 鼠疫                       | a     | yes
        A00.900    | 2026-11-22 | 霍乱                       | a     | yes
        U04.900    | 2026-11-22 | 传染性非典型肺炎           | b     | yes
        A22.100    | 2026-11-22 | 炭疽                       | b     | yes
        A22.000    | 2026-11-22 | 炭疽                       | b     | no
        A80.900    | 2026-11-22 | 脊髓灰质炎                 | b     | no
        U07.100    | 2026-11-22 | 新型冠状病毒感染           | b     | no
        J09.x02    | 2025-08-31 | 人感染H7N9禽流感           | b     | no
        J09.x02    | 2025-09-01 | 人感染新亚型流感           | b     | no
        J10.101    | 2026-11-22 | 流行性感冒                 | c     | no
        A93.802    | 2026-11-22 | 发热伴血小板减少综合征     | b     | no
        A93.802    | 2026-03-24 | -                          | -     | -
        A92.001    | 2026-11-22 | 基孔肯雅热                 | b     | no
        B18.100    | 2026-11-22 | 病毒性肝炎                 | b     | no
        A16.200x002 | 2026-11-22 | 肺结核                    | b     | no
        A18.200    | 2026-11-22 | -                          | -     | -
        A09.003    | 2026-11-22 | 细菌性和阿米巴性痢疾       | b     | no
        A09.004    | 2026-11-22 | 其他感染性腹泻病           | c     | no
        A09.900    | 2026-11-22 | -                          | -     | -
        A33.x00    | 2026-11-22 | 新生儿破伤风               | b     | no
        A35.x00    | 2026-11-22 | -                          | -     | -
        A75.001    | 2026-11-22 | 流行性和地方性斑疹伤寒     | c     | no
        A75.300x001 | 2026-11-22 | -                         | -     | -
        B01.900    | 2026-11-22 | -                          | -     | -
        I10.x00    | 2026-11-22 | -                          | -     | -
    """),
    ids=lambda row: f"{row['diagnosis']}-{row['on']}",
)
def test_which_disease_a_diagnosis_means(row):
    """A dash: not notifiable.  Scrub typhus (A75.3), chickenpox (B01) and tetanus after birth (A35) are not on the list."""
    disease = rules.notifiable_of(row["diagnosis"], law_of(date.fromisoformat(row["on"])))
    if disease is None:
        stated = ["-", "-", "-"]
    else:
        like_a = "yes" if rules.is_managed_like_a(row["diagnosis"], disease) else "no"
        stated = [disease.name, disease.category, like_a]
    assert stated == [row["disease"], row["class"], row["like A"]]
