"""OBX: a value as it is read."""

import pytest

from tongmai.exchange.hl7v2 import reading, results_in

HEAD = "MSH|^~\\&|LIS|示例医院|||20260101080000||ORU^R01|1|P|2.4\rPID|1||P1||示例\rOBR|1|S1|L1|A^血常规\r"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("g/L", "g/L"),
        ("10^9/L", "10^9/L"),
        ("10\\S\\9/L", "10^9/L"),
        ("10^12/L^UCUM", "10^12/L"),
        ("10*9/L", "10*9/L"),
        ("^mmol/L", "mmol/L"),
        ("mmol/L^毫摩尔每升^UCUM", "mmol/L"),
        ("10^mg", "10"),
        ("", ""),
    ],
)
def test_a_unit_is_read_as_laboratories_write_it(written, read):
    message = reading.parse(f"{HEAD}OBX|1|NM|WBC^白细胞计数||6.1|{written}|3.5-9.5|N|||F")
    (report,), fault = results_in.reports(message)
    assert fault is None
    assert report.values[0].unit == read
