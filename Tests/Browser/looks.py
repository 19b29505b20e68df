"""What a page must be, whoever reads it: found out in the page itself."""

from axe_playwright_python.sync_playwright import Axe

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# Each returns a list of problems in words.
TARGETS = """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea, summary')]
  .filter(e => e.offsetParent !== null && !e.matches('.skip'))
  .filter(e => {
    const box = (e.matches('input[type=radio]') ? e.closest('label') : e).getBoundingClientRect();
    if (box.width === 0 || box.height === 0) return false;
    // WCAG 2.5.8: links within a sentence or a cell are the exception.
    // So is a control that has its equal elsewhere on the page, large enough: a chart's marks are in its table, too.
    if (e.closest('svg')) return ![...document.querySelectorAll(`a[href="${e.getAttribute('href')}"]`)].some(o => !o.closest('svg'));
    const inText = e.matches('p a, td a, th a, li a') && getComputedStyle(e).display === 'inline';
    return !inText && (box.width < 24 || box.height < 24);
  }).map(e => `target of under 24 px: ${e.outerHTML.slice(0, 120)}`)"""

MAIN_TARGETS = """() => [...document.querySelectorAll('button.main')]
  .filter(e => e.offsetParent !== null && e.getBoundingClientRect().height < 44)
  .map(e => `main button of under 44 px: ${e.outerHTML.slice(0, 120)}`)"""

LABELS = """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
  .filter(e => !(e.labels && e.labels.length && [...e.labels].some(l => l.textContent.trim())))
  .map(e => `no label: ${e.outerHTML.slice(0, 120)}`)"""

LANDMARKS = """() => {
  const problems = [];
  if (document.querySelectorAll('main').length !== 1) problems.push('not one main');
  if (document.querySelectorAll('h1').length !== 1) problems.push('not one h1');
  if (!document.documentElement.lang) problems.push('no language');
  if (!document.title.trim()) problems.push('no title');
  return problems; }"""

WIDTH = """() => document.documentElement.scrollWidth > window.innerWidth + 1
  ? [`wider than the screen: ${document.documentElement.scrollWidth} of ${window.innerWidth} px`] : []"""

# Contrast by WCAG's own formula, over the nearest ground that is no glass.
CONTRAST = """() => {
  const rgb = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => { const f = c => (c /= 255) <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
    return .2126 * f(r) + .7152 * f(g) + .0722 * f(b); };
  const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] === 1) return c; } return [255, 255, 255]; };
  const problems = [];
  for (const e of document.querySelectorAll('main *, header *')) {
    if (e.closest('svg') || e.offsetParent === null) continue;
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    const style = getComputedStyle(e), a = light(rgb(style.color)), b = light(ground(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    const size = parseFloat(style.fontSize), bold = +style.fontWeight >= 700;
    const least = size >= 24 || bold && size >= 18.66 ? 3 : 4.5;
    if (ratio < least - .01) problems.push(`contrast ${ratio.toFixed(2)}: ${e.innerText.slice(0, 60)}`);
  }
  return problems; }"""

FOCUSABLE = """() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
  .filter(e => e.offsetParent !== null && !e.disabled && (!e.closest('details:not([open])') || e.matches('summary'))).length"""

FOCUSED = """() => { const e = document.activeElement; if (!e || e === document.body) return null;
  const style = getComputedStyle(e), box = e.getBoundingClientRect();
  window.__seen = window.__seen || new Set();
  const isNew = !window.__seen.has(e); window.__seen.add(e);
  const order = [...document.querySelectorAll('*')].indexOf(e);
  return {html: e.outerHTML.slice(0, 100), isNew, order,
    shown: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== 'none'}; }"""


def focus_problems(page) -> list[str]:
    """Goes through a page with the tab key: everything is reached, in order, and can be seen."""
    problems = []
    page.evaluate("() => { window.__seen = new Set(); document.activeElement.blur(); }")
    reached, last = 0, -1
    # A date has a stop for each of its parts.
    for _ in range(page.evaluate(FOCUSABLE) + 12):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        if at is None and reached:
            break
        if at is None or not at["isNew"]:
            continue
        reached += 1
        if not at["shown"]:
            problems.append(f"focus cannot be seen: {at['html']}")
        if at["order"] < last:
            problems.append(f"focus jumps back: {at['html']}")
        last = at["order"]
    # Of radio buttons one is a stop for all.
    radios = page.evaluate(
        "() => [...document.querySelectorAll('input[type=radio]')].filter(e => e.offsetParent !== null).length")
    if reached < page.evaluate(FOCUSABLE) - radios:
        problems.append(f"the tab key reaches {reached} of {page.evaluate(FOCUSABLE)}")
    return problems


def problems(page, keyboard: bool) -> list[str]:
    found = []
    for script in (TARGETS, MAIN_TARGETS, LABELS, LANDMARKS, WIDTH, CONTRAST):
        found += page.evaluate(script)
    results = Axe().run(page, options={"runOnly": AXE_TAGS})
    for violation in results.response["violations"]:
        for node in violation["nodes"]:
            found.append(f"axe {violation['id']}: {node['html'][:120]}")
    if keyboard:
        found += focus_problems(page)
    return found
