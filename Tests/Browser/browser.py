"""What a carer does, in a real browser. Called by Tests/Browser/run."""

import json
import sys
import time
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

import looks
import resident
import use_events
from residence import PASSWORD, Residence, wait

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
CARE = ["/", "/alerts", "/handover", "/people", "/devices", "/rules", "/rules/backtest", "/residences/home/day", "/residences/home/use", "/residences/home/words", "/account"]
LEAD = CARE + ["/figures", "/residences/home/people/p1/looks"]
CALL = ("zigbee2mqtt/call_button", '{"action":"emergency"}')


class Visitor:
    """Somebody of staff with a browser of their own."""

    def __init__(self, browser: Browser, residence: Residence, shots: Path, name: str, language: str,
                 size: dict, scheme: str = "light", script: bool = True):
        self.residence, self.shots, self.name = residence, shots, name
        self.context = browser.new_context(
            viewport=size, locale=language, color_scheme=scheme, java_script_enabled=script,
            has_touch=size == PHONE)
        self.page: Page = self.context.new_page()
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        self.page.on("console", self.heard)
        self.page.on("request", self.asked)

    def heard(self, message):
        # A page whose hub is gone says so in the console, too.
        if message.type == "error" and "ERR_CONNECTION" not in message.text \
                and "ERR_INCOMPLETE" not in message.text and "ERR_EMPTY" not in message.text:
            self.wrong.append(f"console: {message.text}")

    def asked(self, request):
        if not request.url.startswith((self.residence.address, "data:")):
            self.wrong.append(f"a request to somebody else: {request.url}")

    def sign_in(self):
        self.page.goto(self.residence.address + "/")
        self.page.fill("#account", self.name)
        self.page.fill("#password", PASSWORD)
        self.page.click("button.main")
        expect(self.page.locator("h1")).to_be_visible()
        assert "/sign-in" not in self.page.url, self.page.inner_text("main")

    def shoot(self, name: str):
        self.page.screenshot(path=self.shots / f"{name}.png", full_page=True)


def check(title: str, problems: list[str]):
    assert not problems, f"{title}:\n  " + "\n  ".join(sorted(set(problems))[:20])
    print(f"ok  {title}", flush=True)


def live_alert(residence: Residence, marie: Visitor, noor: Visitor):
    """A press of a call button is on both pages within a second or so; who goes is seen by the other."""
    for one in (marie, noor):
        one.page.goto(residence.address + "/")
        expect(one.page.locator("article.alert")).to_have_count(0)
    began = time.monotonic()
    residence.publish(*CALL)
    expect(marie.page.locator("article.alert.critical")).to_have_count(1, timeout=5000)
    on_phone = time.monotonic() - began
    expect(noor.page.locator("article.alert.critical")).to_have_count(1, timeout=5000)
    print(f"    on the page {on_phone * 1000:.0f} ms after mosquitto_pub was started", flush=True)
    marie.shoot("alert-phone-fr")
    noor.shoot("alert-desk-en")
    top = marie.page.locator("button.go").bounding_box()
    assert top["y"] + top["height"] < PHONE["height"], "the button is below the phone's first screen"
    for one, keyboard in ((marie, False), (noor, True)):
        check(f"{one.name}'s page with an alert", looks.problems(one.page, keyboard))
    marie.page.get_by_role("button", name="J'y vais").click()
    expect(noor.page.locator("article.alert")).to_contain_text("Marie Lefort", timeout=5000)
    expect(noor.page.locator("button.go")).to_have_count(0)
    noor.shoot("somebody-goes-desk-en")
    marie.page.get_by_role("button", name="J'y suis").click()
    expect(marie.page.get_by_role("button", name="J'y suis")).to_have_count(0)
    if not marie.page.locator("article.alert details[open]").count():
        marie.page.locator("article.alert summary").first.click()
    marie.page.locator("input[name=outcome][value=real]").check()
    marie.page.fill("textarea", "Elle voulait de l'eau.")
    marie.page.locator("form[action$=resolve] button.main").click()
    expect(noor.page.locator("article.alert")).to_have_count(0, timeout=5000)
    noor.page.goto(residence.address + "/alerts")
    noor.page.locator("tbody a").first.click()
    expect(noor.page.locator("main")).to_contain_text("Elle voulait de l'eau.")
    noor.shoot("alert-history-desk-en")
    check("an alert from a press to its outcome, two browsers", marie.wrong + noor.wrong)


def every_page(residence: Residence, visitor: Visitor, pages: list[str], label: str, keyboard: bool):
    for path in pages:
        answer = visitor.page.goto(residence.address + path)
        assert answer.status == 200, f"{path} for {visitor.name}: {answer.status}"
        visitor.shoot(f"{path.strip('/').replace('/', '-') or 'now'}-{label}")
        check(f"{path} {label}", looks.problems(visitor.page, keyboard))
    check(f"nothing wrong said, nobody else asked, {label}", visitor.wrong)


def narrow(residence: Residence, browser: Browser, shots: Path):
    visitor = Visitor(browser, residence, shots, "marie", "fr", {"width": 320, "height": 640})
    visitor.sign_in()
    for path in CARE:
        visitor.page.goto(residence.address + path)
        check(f"{path} at 320 px", visitor.page.evaluate(looks.WIDTH))
    visitor.context.close()


def words(residence: Residence, browser: Browser, shots: Path):
    """Staff say something of a use, without JavaScript: words, a picture, help, a recording."""
    residence.hubctl("people", "add", "p1", "--given", "Zoé", "--family", "<b>Martin</b>", "--home", str(residence.home))
    for contact in ("false", "true"):
        residence.publish("zigbee2mqtt/wardrobe", '{"contact":%s,"battery":80}' % contact)
        time.sleep(1.5)
    for name, language, size, scheme in (("marie", "fr", PHONE, "light"), ("noor", "en", DESK, "dark")):
        visitor = Visitor(browser, residence, shots, name, language, size, scheme, script=False)
        visitor.sign_in()
        visitor.page.goto(residence.address + "/people")
        expect(visitor.page.locator("h3")).to_contain_text(["Zoé <b>Martin</b>"])
        visitor.page.locator("article a[href*=words]").first.click()
        expect(visitor.page.locator("h1")).to_contain_text("Zoé <b>Martin</b>")
        visitor.page.locator("tbody a[href*=say]").last.click()
        assert visitor.page.input_value("#device") == "home/wardrobe", visitor.page.input_value("#device")
        visitor.page.fill("#words", f"{name}: <i>a coat</i>")
        visitor.page.locator("input[name=picture][value=happy]").check()
        visitor.page.locator(f"input[name=support][value={'helped' if name == 'noor' else 'alone'}]").check()
        if name == "noor":
            visitor.page.fill("#prompts", "2")
            visitor.page.set_input_files("#recording", files=[{
                "name": "a \"sound\".ogg", "mimeType": "audio/ogg", "buffer": b"OggS" + bytes(2000)}])
        visitor.page.get_by_role("button", name="Le dire" if language == "fr" else "Say it").click()
        expect(visitor.page.locator(".said")).to_contain_text(f"{name}: <i>a coat</i>")
        visitor.shoot(f"words-said-{'phone-fr' if language == 'fr' else 'dark-en'}")
        check(f"what is said, {name}", visitor.page.evaluate(looks.WIDTH))
        visitor.context.close()
    both = Visitor(browser, residence, shots, "noor", "en", DESK)
    both.sign_in()
    both.page.goto(residence.address + "/residences/home/words?person=p1")
    expect(both.page.locator(".said li")).to_have_count(7)
    check("what is said, side by side", looks.problems(both.page, True) + both.wrong)
    row = json.loads(residence.hubctl(
        "measures", "--device", "home/wardrobe", "--json", "--home", str(residence.home)).splitlines()[0])
    assert row["support_contested"] == 1 and row["alone"] + row["helped"] == 0, row
    text = residence.hubctl("people", "accesses", "p1", "--lang", "en", "--home", str(residence.home))
    for word in ("their name", "what is said of their days", "measures, with the help"):
        assert word in text, text
    # Named in an alert of the room; the journal has the identifier only.
    assert "Martin" not in (residence.home / "foyer.sqlite").read_bytes().decode("latin-1")
    both.context.close()
    check("staff's words beside each other, contested where they differ", [])


def without_script(residence: Residence, browser: Browser, shots: Path):
    """Everything but live updates works without JavaScript."""
    visitor = Visitor(browser, residence, shots, "marie", "fr", PHONE, script=False)
    residence.publish(*CALL)
    visitor.sign_in()

    def shown() -> bool:
        visitor.page.goto(residence.address + "/")
        return visitor.page.locator("article.alert").count() == 1
    wait("the alert", shown)
    visitor.page.get_by_role("button", name="J'y vais").click()
    expect(visitor.page.locator("button.go")).to_have_count(0)
    if not visitor.page.locator("article.alert details[open]").count():
        visitor.page.locator("article.alert summary").first.click()
    visitor.page.locator("input[name=outcome][value=test]").check()
    visitor.page.locator("form[action$=resolve] button.main").click()
    expect(visitor.page.locator("article.alert")).to_have_count(0)
    visitor.context.close()
    check("an alert without JavaScript", [])


def lost_connection(residence: Residence, noor: Visitor):
    noor.page.goto(residence.address + "/")
    expect(noor.page.locator("#lost")).to_be_hidden()
    residence.kill()
    expect(noor.page.locator("#lost")).to_be_visible(timeout=15_000)
    noor.page.screenshot(path=noor.shots / "connection-lost-desk-en.png")
    residence.start()
    expect(noor.page.locator("#lost")).to_be_hidden(timeout=20_000)
    check("a page that lost its hub says so, and takes it back", [])


def handover(residence: Residence, noor: Visitor):
    """When the shift changes the incoming team accepts what is open."""
    def waiting() -> bool:
        noor.page.goto(residence.address + "/handover")
        return noor.page.locator(".waiting").count() == 1
    wait("the handover", waiting, 180)
    noor.shoot("handover-waiting-desk-en")
    check("the handover that waits", looks.problems(noor.page, True))
    noor.page.locator(".waiting button.main").click()
    expect(noor.page.locator(".waiting")).to_have_count(0)
    check("a handover is accepted", noor.wrong)


def pause(residence: Residence, marie: Visitor):
    """Somebody asks for a pause: staff note it, nothing is stored meanwhile, and they end it."""
    page = marie.page
    page.goto(residence.address + "/people")
    page.get_by_role("button", name="Zoé").click()
    expect(page.locator("main .calm")).to_be_visible()
    check("a pause", looks.problems(page, True))
    marie.shoot("paused-phone-fr")
    residence.publish("zigbee2mqtt/hall_motion", '{"occupancy":true,"battery":37}')
    def is_withheld() -> bool:
        return "for somebody paused" in residence.hubctl("consent", "--home", str(residence.home))
    wait("the reading to be withheld", is_withheld)
    if "= 37" in residence.hubctl("events", "--home", str(residence.home)):
        check("a pause", ["a reading was stored in a pause"])
    page.get_by_role("button", name="Zoé").click()
    expect(page.locator("main .calm")).to_have_count(0)
    check("a pause ends", marie.wrong)


ANNOUNCED = """[{"ieee_address":"0x00158d00018255df","type":"EndDevice","friendly_name":"new_cord","interview_completed":true,
"definition":{"model":"TS0215A_sos","vendor":"TuYa","exposes":[{"type":"enum","name":"action","property":"action","access":1,
"values":["emergency"]},{"type":"numeric","name":"battery","property":"battery","access":1}]}}]"""


def try_out(residence: Residence, claire: Visitor):
    """A cord that announced itself and never spoke gets its place; then it is pressed, and its page sees that by itself."""
    residence.publish("zigbee2mqtt/bridge/devices", ANNOUNCED)
    page = claire.page
    page.goto(residence.address + "/devices")
    claire.shoot("proposed-desk-fr")
    page.get_by_role("row", name="TS0215A_sos").get_by_role("link").click()
    claire.shoot("place-announced-desk-fr")
    page.select_option("#place", "home/kitchen")
    page.fill("#title", "Tirette neuve")
    page.locator("form.place button.main").first.click()
    claire.shoot("placed-waits-desk-fr")
    link = page.locator("main a.button.main").get_attribute("href")

    def has_page() -> bool:
        try:
            page.goto(residence.address + link)
        except Error:
            return False
        return page.get_by_role("heading", name="Tirette neuve").count() == 1
    wait("the page of the new cord", has_page, 30)
    page.locator("#live form button.main").click()
    expect(page.locator("#live [role=status]")).to_be_visible()
    check("trying out a device", looks.problems(page, True))
    claire.shoot("press-it-now-desk-fr")
    expect(page.locator("#live li .well")).to_have_count(0)
    residence.publish("zigbee2mqtt/new_cord", '{"action":"emergency","battery":90}')
    expect(page.locator("#live li .well")).to_be_visible(timeout=10_000)
    claire.shoot("pressed-desk-fr")
    # It is nobody's, and the home's rule asks per person: whoever pulls it calls nobody, and the page says so.
    page.goto(residence.address + "/devices")
    expect(page.get_by_role("row", name="Tirette neuve")).to_contain_text("personne n'est appelé")
    claire.shoot("devices-unheard-desk-fr")


def place_device(residence: Residence, claire: Visitor):
    """A device that nobody placed yet: a room, a name, done; the hub takes it in without losing anybody's page."""
    residence.publish("zigbee2mqtt/0x00158d", '{"contact":true,"battery":80}')
    page = claire.page
    page.goto(residence.address + "/devices")
    page.get_by_role("row", name="0x00158d").get_by_role("link").click()
    check("placing a device", looks.problems(page, True))
    claire.shoot("place-device-desk-fr")
    page.locator("input[name=profile]").first.check()
    page.select_option("#place", "home/kitchen")
    page.fill("#title", "Fenêtre <de> la cuisine")
    page.locator("form.place button.main").click()
    expect(page.locator("main")).to_contain_text("Fenêtre <de> la cuisine")

    def is_heard() -> bool:
        try:
            residence.publish("zigbee2mqtt/0x00158d", '{"contact":false,"battery":80}')
            page.goto(residence.address + "/devices")
        except Error:
            # For a second or so nobody listens: the hub starts again.
            return False
        row = page.get_by_role("row", name="Fenêtre")
        return row.count() == 1 and "OK" in row.inner_text() or row.locator(".well").count() == 1
    wait("the new device heard", is_heard, 30)
    claire.shoot("devices-placed-desk-fr")
    check("a device is placed, and heard", [e for e in claire.wrong if "Failed to load" not in e])


def another_gateway(residence: Residence, claire: Visitor):
    """A gate that one gateway hears has its place; another gateway hears it too, and the page adds that by one press."""
    beacon = '{"id":"A4:C1:38:00:00:01","model_id":"MCCGQ02HL","open":true}'
    attic, cellar = (f"home/{gateway}/BTtoMQTT/A4C138000001" for gateway in ("attic", "cellar"))
    residence.publish(attic, beacon)
    residence.hubctl("devices", "adopt", attic, "--title", "Portillon", "--room", "home/kitchen", "--by", "claire", "--home", str(residence.home))
    residence.hubctl("reload", "--home", str(residence.home))
    residence.publish(attic, beacon)
    residence.publish(cellar, beacon)
    page = claire.page

    def there(what: str, count: int) -> bool:
        try:
            page.goto(residence.address + "/devices")
        except Error:
            return False
        row = page.get_by_role("row", name="Portillon")
        return row.count() == 1 and row.get_by_text(what).count() == count
    wait("the other gateway told", lambda: there(cellar, 1), 30)
    check("another gateway", looks.problems(page, True))
    claire.shoot("devices-besides-desk-fr")
    page.get_by_role("row", name="Portillon").get_by_role("button").click()
    wait("the other gateway added", lambda: there(cellar, 0), 30)
    assert cellar in (residence.home / "devices.yaml").read_text(), "devices.yaml has no second topic"


def stranger(residence: Residence, browser: Browser, shots: Path):
    """A wrong password is told in words, in the visitor's language."""
    visitor = Visitor(browser, residence, shots, "marie", "fr", PHONE)
    visitor.page.goto(residence.address + "/")
    visitor.page.fill("#account", "marie")
    visitor.page.fill("#password", "wrong")
    visitor.page.click("button.main")
    expect(visitor.page.locator(".problem")).to_be_visible()
    visitor.shoot("sign-in-wrong-phone-fr")
    check("sign-in", looks.problems(visitor.page, True))
    visitor.context.close()


def main(root: Path, shots: Path):
    shots.mkdir(parents=True, exist_ok=True)
    residence = Residence(root)
    try:
        residence.start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            stranger(residence, browser, shots)
            marie = Visitor(browser, residence, shots, "marie", "fr", PHONE)
            noor = Visitor(browser, residence, shots, "noor", "en", DESK)
            marie.sign_in()
            noor.sign_in()
            live_alert(residence, marie, noor)
            residence.publish("zigbee2mqtt/front_door", '{"contact":false,"battery":91}')
            residence.publish("zigbee2mqtt/new_thing", '{"state":"<b>x</b>"}')
            every_page(residence, marie, CARE, "phone-fr", False)
            every_page(residence, noor, CARE, "desk-en", True)
            dark = Visitor(browser, residence, shots, "claire", "fr", DESK, "dark")
            dark.sign_in()
            every_page(residence, dark, LEAD, "dark-fr", True)
            words(residence, browser, shots)
            pause(residence, marie)
            resident.main(residence, browser, shots, marie)
            place_device(residence, dark)
            another_gateway(residence, dark)
            narrow(residence, browser, shots)
            without_script(residence, browser, shots)
            lost_connection(residence, noor)
            handover(residence, noor)
            try_out(residence, dark)
            browser.close()
        use_events.main(residence, root)
    except BaseException:
        print((Path(residence.folder.name) / "hub.log").read_text()[-2000:], file=sys.stderr)
        raise
    finally:
        residence.end()
    print(f"all holds; screenshots in {shots}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
