from tongmai.portal.flow import _numbers, _picture

ROWS = [
    {"source": "township", "target": "county", "direction": "up", "n": 6},
    {"source": "village", "target": "county", "direction": "up", "n": 2},
    {"source": "county", "target": "outside", "direction": "up", "n": 2},
    {"source": "county", "target": "township", "direction": "down", "n": 3},
]


def test_a_picture_has_no_circle_though_people_go_up_and_down():
    up = _picture("up", ROWS)
    [series] = up["option"]["series"]
    assert up["total"] == 10
    assert {"source": "乡镇级发出", "target": "县级接收", "value": 6} in series["links"]
    assert not {link["source"] for link in series["links"]} & {link["target"] for link in series["links"]}
    assert {node["name"] for node in series["data"]} == {"乡镇级发出", "村级发出", "县级发出", "县级接收", "县外接收"}
    colours = {node["name"]: node["itemStyle"]["color"] for node in series["data"]}
    assert colours["县级发出"] == colours["县级接收"] != colours["县外接收"]
    assert up["rows"][0] == ("乡镇级", "县级", 6)


def test_a_share_has_its_denominator():
    assert _numbers(ROWS) == {"n_up": 10, "n_down": 3, "n_outside": 2, "inside_pct": "80.0"}
    assert _numbers([])["inside_pct"] == "—"
