"""The tablet's camera reads a card: a film with a real QR code stands before it, and the network is gone by then."""

import pytest
import segno
from playwright.sync_api import expect

from tests.browser.tablet import READY

SIDE, MODULE = 480, 8  # pixels
TABLET = {"width": 820, "height": 1180}
FRAMES = 5


def film_of(text):
    """A YUV4MPEG2 film of a white wall, with the code on it where there is a text."""
    rows = [bytearray(b"\xeb" * SIDE) for _ in range(SIDE)]
    code = list(segno.make_qr(text, error="m").matrix_iter(scale=MODULE, border=4)) if text else []
    edge = (SIDE - len(code)) // 2
    for number, row in enumerate(code):
        dark = bytes(16 if module else 235 for module in row)
        rows[edge + number][edge : edge + len(dark)] = dark
    grey = bytes([128]) * (SIDE * SIDE // 2)
    frame = b"FRAME\n" + b"".join(rows) + grey
    return f"YUV4MPEG2 W{SIDE} H{SIDE} F5:1 Ip A1:1 C420jpeg\n".encode() + frame * FRAMES


@pytest.fixture
def camera(browser_type, browser_type_launch_args, live_server, at_the_till, tmp_path):
    """`camera(text)`: the counter's first page on a tablet before whose camera stands the code of `text`."""
    opened, complaints = [], []

    def open_it(text="", there="fake"):
        film = tmp_path / "card.y4m"
        film.write_bytes(film_of(text))
        args = {
            "fake": [
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-video-capture={film}",
                "--use-fake-ui-for-media-stream",
            ],
            "refused": ["--use-fake-device-for-media-stream", "--deny-permission-prompts"],
            "none": [],
        }[there]
        launched = browser_type.launch(**browser_type_launch_args | {"args": ["--no-sandbox", *args]})
        opened.append(launched)
        context = launched.new_context(base_url=live_server.url, locale="fr-FR", viewport=TABLET)
        at_the_till(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
        page.goto("/counter/")
        return page

    yield open_it
    for launched in opened:
        launched.close()
    assert complaints == []


def test_a_card_is_read_and_its_member_found(camera, ana):
    page = camera(ana.cards.get().number)

    page.get_by_role("button", name="Scanner").click()

    page.get_by_role("heading", name="Ana Almeida").wait_for()


def test_it_reads_without_the_network_what_it_has_once_loaded(camera, ana):
    number = ana.cards.get().number
    page = camera(number)
    page.evaluate(READY)
    page.get_by_role("button", name="Scanner").click()
    page.get_by_role("heading", name="Ana Almeida").wait_for()
    asked = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.goto("/counter/offline/")
    page.context.set_offline(True)

    page.get_by_role("button", name="Scanner").click()

    expect(page.get_by_label("Numéro de carte ou de membre")).to_have_value(number)
    assert page.locator("dialog").count() == 0
    assert all(url.startswith(("http://localhost", "http://127.0.0.1")) for url in asked)


def test_a_refused_camera_is_one_sentence_and_the_dialog_closes(camera, assert_accessible):
    page = camera(there="refused")

    page.get_by_role("button", name="Scanner").click()

    page.get_by_text("La caméra n’est pas autorisée").wait_for()
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert page.get_by_role("button", name="Scanner").evaluate("button => button === document.activeElement")


def test_a_tablet_without_a_camera_says_so(camera):
    page = camera(there="none")

    page.get_by_role("button", name="Scanner").click()

    page.get_by_text("Aucune caméra n’a été trouvée").wait_for()


def test_closed_it_lets_go_of_the_camera(camera):
    page = camera()
    page.evaluate("""() => {
        const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        window.asked = new Promise((done) => {
            navigator.mediaDevices.getUserMedia = async (what) => {
                const stream = await ask(what);
                done(stream);
                return stream;
            };
        });
    }""")
    page.get_by_role("button", name="Scanner").click()
    state = "async () => (await window.asked).getTracks().map((track) => track.readyState)"
    assert page.evaluate(state) == ["live"]

    page.get_by_role("button", name="Fermer").click()

    page.wait_for_selector("dialog", state="detached")
    assert page.evaluate(state) == ["ended"]
