"""What a resident does on their own page: by touch alone on a tablet, by arrow keys and Enter alone on a television."""

import json

from playwright.sync_api import Browser, expect

import looks
from residence import PASSWORD, Residence, wait

TABLET = {"width": 1024, "height": 768}
UPRIGHT = {"width": 768, "height": 1024}
TELEVISION = {"width": 1920, "height": 1080}
PARTS = ["/me", "/me/day", "/me/recorded", "/me/looks", "/me/pause", "/me/answers", "/me/think",
         "/me/think?day=today&part=night", "/me/think?day=today&part=night&face=happy",
         "/me/think?day=today&part=night&face=words", "/me/leave"]

# A voice as a browser has it: what is read aloud is kept.
VOICE = """() => {
  window.spoken = [];
  const voice = {getVoices: () => [{lang: 'fr-FR', name: 'a'}, {lang: 'en-GB', name: 'b'}], addEventListener() {},
    cancel() {}, speak(words) { window.spoken.push([words.lang, words.text]); }};
  Object.defineProperty(window, 'speechSynthesis', {value: voice});
  window.SpeechSynthesisUtterance = function (text) { this.text = text; };
}"""

SMALL = """() => [...document.querySelectorAll('main a[href], main button, main input:not([type=hidden]), header a[href]:not(.skip)')]
  .filter(e => e.offsetParent !== null).map(e => [e, e.getBoundingClientRect()])
  .filter(([e, b]) => b.width < 64 || b.height < 63.5).map(([e, b]) => `target of under 64 px: ${Math.round(b.width)}x${Math.round(b.height)} ${e.outerHTML.slice(0, 90)}`)"""

BARE = """() => [...document.querySelectorAll('.line')].filter(e => !e.querySelector('svg.pic') || !e.querySelector('.say'))
  .map(e => `a text without a picture or a voice: ${e.innerText}`)"""

UNSEEN = """() => { const e = document.activeElement, b = e.getBoundingClientRect();
  return b.top < -2 || b.bottom > innerHeight + 2 ? [`the focus is out of sight: ${e.outerHTML.slice(0, 90)}`] : []; }"""


class Screen:
    """A resident's tablet or television."""

    def __init__(self, browser: Browser, residence: Residence, shots, language: str, size: dict,
                 script: bool = True, voice: bool = True, scheme: str = "light"):
        self.residence, self.shots = residence, shots
        self.context = browser.new_context(
            viewport=size, locale=language, java_script_enabled=script, has_touch=size != TELEVISION,
            color_scheme=scheme)
        self.page = self.context.new_page()
        if voice:
            self.page.add_init_script(f"({VOICE})()")
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        self.page.on("console", lambda message: message.type == "error" and "ERR_" not in message.text
                     and self.wrong.append(f"console: {message.text}"))
        self.page.on("request", lambda request: request.url.startswith((residence.address, "data:"))
                     or self.wrong.append(f"a request to somebody else: {request.url}"))
        self.go("/")
        self.page.fill("#account", "zoe")
        self.page.fill("#password", PASSWORD)
        self.page.click("button.main")
        expect(self.page.locator(".act.call")).to_be_visible()

    def go(self, path: str):
        self.page.goto(self.residence.address + path)

    def shoot(self, name: str):
        self.page.screenshot(path=self.shots / f"resident-{name}.png", full_page=True)

    def tap(self, name: str):
        self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name)).first.tap()
        self.page.wait_for_load_state()

    def press_to(self, selector: str, most: int = 40):
        """Goes with arrow keys to what is meant, as with a remote control, and presses Enter there."""
        target = self.page.locator(selector).first
        expect(target).to_be_visible()

        def here() -> bool:
            return target.evaluate("e => e === document.activeElement")
        for _ in range(most):
            if here():
                break
            key = target.evaluate("""e => {
              const a = document.activeElement.getBoundingClientRect(), b = e.getBoundingClientRect();
              if (document.activeElement === document.body) return 'ArrowDown';
              if (b.top >= a.bottom - 2) return 'ArrowDown';
              if (b.bottom <= a.top + 2) return 'ArrowUp';
              return b.left > a.left ? 'ArrowRight' : 'ArrowLeft'; }""")
            self.page.keyboard.press(key)
            check("the focus can be seen", self.page.evaluate(UNSEEN), quiet=True)
        assert here(), f"arrow keys do not reach {selector} on {self.page.url}"
        self.page.keyboard.press("Enter")
        self.page.wait_for_load_state()


def check(title: str, problems: list[str], quiet: bool = False):
    assert not problems, f"{title}:\n  " + "\n  ".join(sorted(set(problems))[:20])
    if not quiet:
        print(f"ok  {title}", flush=True)


def every_part(screen: Screen, label: str, keyboard: bool):
    for path in PARTS:
        screen.go(path)
        name = path.strip("/").replace("/", "-").replace("?", "-").replace("&", "-").replace("=", "-")
        screen.shoot(f"{name}-{label}")
        found = looks.problems(screen.page, keyboard) + screen.page.evaluate(SMALL) + screen.page.evaluate(BARE)
        check(f"{path} {label}", found)
    check(f"nothing wrong said, nobody else asked, {label}", screen.wrong)


def open_calls(residence: Residence) -> int:
    text = residence.hubctl("alerts", "list", "--json", "--home", str(residence.home))
    return sum('"own-call"' in line for line in text.splitlines())


def by_touch(residence: Residence, screen: Screen, marie):
    """A tablet in the hand, in French: everything by touch."""
    page = screen.page
    screen.go("/me")
    # A double touch is one call.
    page.locator(".act.call").dblclick()
    expect(page.locator(".line.called").first).to_be_visible()
    assert open_calls(residence) == 1, "a double touch is not one call"
    screen.shoot("called-tablet-fr")
    check("a call", looks.problems(page, False) + page.evaluate(SMALL))
    marie.page.goto(residence.address + "/")
    expect(marie.page.locator("article.alert.critical")).to_contain_text("La personne appelle à l'aide")
    marie.shoot("own-call-phone-fr")
    marie.page.get_by_role("button", name="J'y vais").first.click()
    # Live, without anybody touching the tablet.
    expect(page.locator(".line.coming")).to_contain_text("Marie Lefort arrive.", timeout=6000)
    screen.shoot("coming-tablet-fr")
    check("somebody comes", looks.problems(page, False))
    marie.page.get_by_role("button", name="J'y suis").first.click()
    expect(page.locator(".line.coming")).to_contain_text("est avec vous", timeout=6000)
    if not marie.page.locator("article.alert details[open]").count():
        marie.page.locator("article.alert summary").first.click()
    marie.page.locator("input[name=outcome][value=real]").first.check()
    marie.page.locator("form[action$=resolve] button.main").first.click()
    expect(page.locator(".line.yes").first).to_contain_text("Votre appel est terminé", timeout=6000)
    screen.shoot("over-tablet-fr")
    screen.tap("Je vais bien")
    expect(page.locator("#live")).to_contain_text("Vous avez dit : je vais bien.")
    marie.page.goto(residence.address + "/")
    expect(marie.page.locator("main")).to_contain_text("Ils disent : je vais bien")
    marie.shoot("fine-phone-fr")
    # Read aloud, in the page's language.
    page.locator("#live .say").first.tap()
    spoken = page.evaluate("window.spoken")
    assert spoken and spoken[-1][0] == "fr" and len(spoken[-1][1]) > 5, spoken
    # A pause, and its end.
    screen.tap("Pause")
    screen.tap("1 heure")
    expect(page.locator(".line.wait").first).to_contain_text("Vous êtes en pause.")
    screen.shoot("paused-tablet-fr")
    check("a pause of one's own", looks.problems(page, False) + page.evaluate(SMALL))
    residence.publish("zigbee2mqtt/wardrobe", '{"contact":false,"battery":37}')
    assert "= 37" not in residence.hubctl("events", "--home", str(residence.home))
    screen.tap("Finir la pause")
    expect(page.locator("main")).to_contain_text("Vous n'êtes pas en pause.")
    # A yes is a wish, which staff complete; a no acts at once.
    screen.go("/me/answers")
    study = page.locator("section.card", has_text="Les choses de tous les jours")
    study.locator("button[value=yes]").tap()
    expect(page.locator("section.card", has_text="Les choses de tous les jours")).to_contain_text("Vous voulez dire oui.")
    screen.shoot("wish-tablet-fr")
    marie.page.goto(residence.address + "/people")
    expect(marie.page.locator("main")).to_contain_text("Souhaite dire oui")
    marie.shoot("wish-phone-fr")
    check("a wish for staff", looks.problems(marie.page, True))
    marie.page.locator("input[name=understanding]").fill("elle l'a redit avec ses mots")
    marie.page.get_by_role("button", name="C'est un oui").click()
    screen.go("/me/answers")
    study = page.locator("section.card", has_text="Les choses de tous les jours")
    expect(study).to_contain_text("Vous avez dit oui.")
    screen.shoot("answers-yes-tablet-fr")
    study.locator("button[value=no]").tap()
    expect(page.locator("section.card", has_text="Les choses de tous les jours")).to_contain_text("Vous avez dit non.")
    screen.shoot("answers-no-tablet-fr")
    # What I think: a face.
    screen.go("/me/think")
    page.locator("main .act").first.tap()
    screen.tap("Bien")
    screen.tap("Mon équipe et l'étude")
    expect(page.locator("main")).to_contain_text("L'étude peut le voir.")
    screen.shoot("said-tablet-fr")
    check("what was said", looks.problems(page, False) + page.evaluate(SMALL))
    screen.tap("Cacher à l'étude")
    expect(page.locator("main")).to_contain_text("L'étude ne peut pas le voir.")
    check("a resident by touch alone", screen.wrong)


def by_keys(residence: Residence, screen: Screen):
    """A television, in English: everything by arrow keys and Enter."""
    page = screen.page
    screen.go("/me")
    screen.press_to('a[href="/me/day"]')
    expect(page.locator("h1")).to_contain_text("My day")
    screen.press_to("a.bar")
    for path in ("recorded", "looks"):
        screen.press_to(f'a[href="/me/{path}"]')
        screen.press_to("header a.bar")
    screen.press_to('a[href="/me/pause"]')
    screen.press_to("button[value=hour]")
    expect(page.locator(".line.wait").first).to_contain_text("You pause.")
    screen.press_to("form[action='/me/resume'] button")
    expect(page.locator("main")).to_contain_text("You do not pause.")
    screen.go("/me/think")
    screen.press_to("main .act")
    screen.press_to("a[href$='face=words']")
    screen.press_to("#words")
    page.keyboard.type("We made a cake.")
    page.keyboard.press("ArrowDown")
    screen.press_to("button[name=share][value=no]")
    expect(page.locator("main")).to_contain_text("We made a cake.")
    screen.shoot("said-television-en")
    # The words of a line are read aloud by Enter, too.
    page.locator(".say").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("window.spoken")[-1][0] == "en"
    screen.go("/me")
    before = open_calls(residence)
    screen.press_to(".act.call")
    expect(page.locator(".line.called").first).to_be_visible()
    assert open_calls(residence) == before + 1
    screen.shoot("called-television-en")
    check("a resident by keys alone", screen.wrong)


def without_script(residence: Residence, browser: Browser, shots):
    """Without JavaScript everything works that is no reading aloud, and no button is there that does nothing."""
    screen = Screen(browser, residence, shots, "en", TABLET, script=False, voice=False)
    page = screen.page
    page.locator(".act.well").tap()
    expect(page.locator("#live")).to_contain_text("You said: I am fine.")
    expect(page.locator(".say:visible")).to_have_count(0)
    page.locator('a[href="/me/pause"]').tap()
    page.locator("button[value=tomorrow]").tap()
    expect(page.locator("main")).to_contain_text("You pause.")
    page.locator("form[action='/me/resume'] button").tap()
    page.locator("header a.bar").first.tap()
    page.locator('a[href="/me/answers"]').tap()
    page.locator("button[name=answer][value=no]").first.tap()
    expect(page.locator("main")).to_contain_text("You said no.")
    screen.context.close()
    print("ok  a resident's page without script", flush=True)


def lost(residence: Residence, screen: Screen):
    """A page without its hub says that it cannot call."""
    screen.go("/me")
    screen.context.set_offline(True)
    expect(screen.page.locator("#lost")).to_be_visible(timeout=20000)
    screen.shoot("lost-tablet-fr")
    screen.context.set_offline(False)
    expect(screen.page.locator("#lost")).to_be_hidden(timeout=20000)
    print("ok  a page that lost its hub says so", flush=True)


def main(residence: Residence, browser: Browser, shots, marie):
    for topic, one, other in (("wardrobe", '{"contact":false}', '{"contact":true}'),
                              ("bedroom_motion", '{"occupancy":true}', '{"occupancy":false}')):
        residence.publish(f"zigbee2mqtt/{topic}", one)
        residence.publish(f"zigbee2mqtt/{topic}", other)
    wait("their events", lambda: "wardrobe" in residence.hubctl("events", "--home", str(residence.home)))
    tablet = Screen(browser, residence, shots, "fr", TABLET)
    television = Screen(browser, residence, shots, "en", TELEVISION)
    every_part(tablet, "tablet-fr", False)
    every_part(television, "television-en", True)
    for language, size, scheme in (("en", UPRIGHT, "light"), ("fr", TABLET, "dark")):
        other = Screen(browser, residence, shots, language, size, scheme=scheme)
        every_part(other, f"{'upright' if size == UPRIGHT else 'dark'}-{language}", False)
        other.context.close()
    mute = Screen(browser, residence, shots, "fr", TABLET, voice=False)
    expect(mute.page.locator(".say:visible")).to_have_count(0)
    mute.context.close()
    by_touch(residence, tablet, marie)
    by_keys(residence, television)
    without_script(residence, browser, shots)
    lost(residence, tablet)
    for screen in (tablet, television):
        screen.context.close()
    for alert in residence.hubctl("alerts", "list", "--json", "--home", str(residence.home)).splitlines():
        if '"own-call"' in alert:
            residence.hubctl("alerts", "resolve", json.loads(alert)["id"], "--by", "marie", "--outcome", "test",
                             "--home", str(residence.home))
