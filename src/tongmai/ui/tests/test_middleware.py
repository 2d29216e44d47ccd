@pytest.mark.parametrize(
    "send", [lambda c: c.get("/sign-in/", {"next": "/\0"}), lambda c: c.post("/sign-in/", {"username": "\0"})]
)
def test_a_character_that_no_database_keeps_is_refused_at_the_door(client, db, send):
    answer = send(client)
    assert answer.status_code == 422
    assert "含有无法保存的字符" in answer.content.decode()
