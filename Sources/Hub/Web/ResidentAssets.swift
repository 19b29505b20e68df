/// Style and script of a resident's page: large, few, calm; for a tablet in the hand and a television across the room.
enum ResidentAssets {
    /// Reading aloud by the browser's own voice, arrow keys, and what is so now. The page does without it.
    static let script = """
        'use strict';
        (() => {
          const voice = window.speechSynthesis;
          const language = document.documentElement.lang;
          function offer() {
            const has = !!voice && voice.getVoices().length > 0;
            document.querySelectorAll('.say').forEach(e => { e.hidden = !has; });
          }
          if (voice) voice.addEventListener?.('voiceschanged', offer);
          offer();
          document.addEventListener('click', event => {
            const button = event.target.closest('.say');
            if (!button || !voice) return;
            voice.cancel();
            // A line, or the whole page from its heading on.
            const page = () => [...document.querySelectorAll('h1, h2, .line p, .act, .tile, .choice, label')]
              .map(e => e.innerText.replace(/\\s+/g, ' ').trim()).join('. ');
            const words = new SpeechSynthesisUtterance((button.dataset.say ?? page()).trim());
            words.lang = language; words.rate = .9;
            const own = voice.getVoices().find(v => v.lang.toLowerCase().startsWith(language));
            if (own) words.voice = own;
            voice.speak(words);
          });
          // A second touch while the first is on its way sends nothing.
          document.addEventListener('submit', event => {
            if (event.target.dataset.sent) { event.preventDefault(); return; }
            event.target.dataset.sent = '1';
            setTimeout(() => { delete event.target.dataset.sent; }, 5000);
          });
          // Arrow keys, as a television's remote control has them: to what lies nearest in that direction.
          const ways = {ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0]};
          document.addEventListener('keydown', event => {
            const way = ways[event.key], from = document.activeElement;
            if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
            const writes = from && from.matches('input, textarea');
            if (writes && way[1] === 0) return;
            const all = [...document.querySelectorAll('main a[href], main button, main input:not([type=hidden]), header a[href], header button')]
              .filter(e => e.offsetParent !== null && !e.disabled);
            if (!all.includes(from)) {
              const first = document.querySelector('main .act, main .tile, main .choice') || all[0];
              if (first) { event.preventDefault(); first.focus(); }
              return;
            }
            const centre = e => { const b = e.getBoundingClientRect(); return [b.left + b.width / 2, b.top + b.height / 2, b]; };
            const [x, y, box] = centre(from);
            let best = null, least = Infinity;
            for (const e of all) {
              if (e === from) continue;
              const [u, v, other] = centre(e);
              const along = (u - x) * way[0] + (v - y) * way[1];
              const past = way[0] ? (way[0] > 0 ? other.left >= box.right - 2 : other.right <= box.left + 2)
                : (way[1] > 0 ? other.top >= box.bottom - 2 : other.bottom <= box.top + 2);
              if (!past || along <= 0) continue;
              const aside = way[0] ? Math.abs(v - y) : Math.abs(u - x);
              const cost = along + 2 * aside;
              if (cost < least) { least = cost; best = e; }
            }
            if (best) { event.preventDefault(); best.focus(); best.scrollIntoView({block: 'nearest'}); }
          });
          const live = document.getElementById('live'), lost = document.getElementById('lost');
          let text = live ? live.innerHTML.trim() : '', missed = 0;
          async function ask() {
            let again = 15000;
            try {
              const answer = await fetch(live ? live.dataset.part : '/me/now', {credentials: 'same-origin'});
              if (answer.redirected || answer.status === 401 || answer.status === 403) { location.reload(); return; }
              if (!answer.ok) throw new Error('no answer');
              const now = (await answer.text()).trim();
              missed = 0; lost.hidden = true;
              if (live && now !== text && !live.contains(document.activeElement)) { live.innerHTML = text = now; offer(); }
              if (now.includes('line called') || now.includes('line coming')) again = 2000;
            } catch (_) {
              again = 3000;
              if (++missed > 1) lost.hidden = false;
            }
            setTimeout(ask, again);
          }
          setTimeout(ask, 2000);
          window.addEventListener('offline', () => { lost.hidden = false; });
        })();
        """

    static let css = """
        :root{--paper:#fbf9f4;--card:#fff;--ink:#16202a;--soft:#46545c;--line:#8a959b;--brand:#174f5c;--on-brand:#fff;--call:#a3122a;--on-call:#fff;--call-paper:#fdecee;
        --well:#1f6136;--on-well:#fff;--well-paper:#e7f4ea;--wait-paper:#fff4d6;--focus:#0b57d0}
        @media(prefers-color-scheme:dark){:root{--paper:#10181b;--card:#1a252b;--ink:#f1f4f3;--soft:#c0cbce;--line:#6b7c83;--brand:#8fd3db;--on-brand:#0b1518;--call:#ff9aa5;--on-call:#2b060d;--call-paper:#3a141b;
        --well:#9bdcab;--on-well:#06210f;--well-paper:#15301d;--wait-paper:#37300f;--focus:#9cc4ff}}
        *{box-sizing:border-box}html{font:clamp(20px,1.1vw + 11px,34px)/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;color-scheme:light dark}
        body{margin:0;background:var(--paper);color:var(--ink)}main{max-width:64rem;margin:0 auto;padding:.5rem 1rem 1rem}
        .skip{position:absolute;left:-999em}.skip:focus{left:.5rem;top:.5rem;background:var(--card);padding:.8rem;z-index:9}
        :focus-visible{outline:6px solid var(--focus);outline-offset:3px;border-radius:14px}main:focus{outline:none}
        .top{display:flex;gap:1rem;justify-content:space-between;align-items:center;max-width:64rem;margin:0 auto;padding:.6rem 1rem 0}.top .say{margin-left:auto}
        h1,h2{display:flex;gap:.6rem;align-items:center;line-height:1.25}h1{font-size:1.7rem;margin:.5rem 0 .8rem}h2{font-size:1.25rem;margin:1.4rem 0 .6rem}
        .pic{flex:none;width:2.6rem;height:2.6rem}h1 .pic{width:3rem;height:3rem;color:var(--brand)}h2 .pic{color:var(--brand)}
        a{color:inherit}.bar{display:inline-flex;gap:.5rem;align-items:center;min-height:64px;min-width:64px;padding:.2rem 1rem;border:2px solid var(--line);border-radius:16px;background:var(--card);color:var(--ink);text-decoration:none;font:inherit;cursor:pointer}
        .bar .pic{width:2rem;height:2rem}
        .lines{list-style:none;margin:0;padding:0;display:grid;gap:.6rem}
        .line{display:flex;gap:.9rem;align-items:center;padding:.5rem .8rem;background:var(--card);border-radius:16px;border:2px solid transparent}.line p{margin:0;max-width:34em}
        .line>.pic{color:var(--brand)}.line.called,.line.lost{background:var(--call-paper);border-color:var(--call);font-weight:600}.line.called>.pic{color:var(--call)}
        .line.coming{background:var(--well-paper);border-color:var(--well);font-weight:700;font-size:1.25rem}.line.coming>.pic{color:var(--well);width:3.6rem;height:3.6rem}
        .line.yes>.pic{color:var(--well)}.line.no{background:var(--wait-paper)}.line.no>.pic{color:var(--ink)}.line.wait{background:var(--wait-paper)}
        .say{flex:none;margin-left:auto;width:64px;height:64px;padding:0;border:2px solid var(--line);border-radius:50%;background:var(--card);color:var(--ink);cursor:pointer}.say .pic{width:32px;height:32px;color:var(--ink);vertical-align:middle}
        .big{font-size:1.5em;font-weight:700;line-height:1.1;font-variant-numeric:tabular-nums;margin-right:.3em}
        .acts{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr));margin:1.2rem 0}.acts form{display:contents}
        .act{display:flex;gap:.8rem;align-items:center;justify-content:center;min-height:6rem;width:100%;padding:.6rem 1rem;border:3px solid var(--brand);border-radius:22px;background:var(--card);color:var(--ink);font:inherit;font-weight:700;font-size:1.2rem;text-align:center;text-decoration:none;cursor:pointer}
        .act.call{background:var(--call);border-color:var(--call);color:var(--on-call)}.act.well{background:var(--well);border-color:var(--well);color:var(--on-well)}.act .pic{width:3.2rem;height:3.2rem}.act .big{display:block;margin:0}
        .three{grid-template-columns:repeat(auto-fit,minmax(min(100%,9.5rem),1fr))}.three .act{flex-direction:column}
        .tiles{list-style:none;margin:1.2rem 0;padding:0;display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,17rem),1fr))}
        .tile{display:flex;gap:.8rem;align-items:center;min-height:5.2rem;padding:.6rem 1rem;border:2px solid var(--line);border-radius:20px;background:var(--card);text-decoration:none;font-weight:600}.tile .pic{color:var(--brand)}
        .cards{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,26rem),1fr));margin-top:1rem}.card{border:2px solid var(--line);border-radius:20px;padding:.4rem 1rem 1rem;background:var(--card);margin-bottom:1rem}.lines+.card{margin-top:1rem}.cards .card{margin:0}.card h2{margin:.5rem 0}.card .line{padding:.3rem .4rem}
        .choices{display:flex;flex-wrap:wrap;gap:.8rem}.choice{display:flex;align-items:center;min-height:64px;padding:0 1.4rem;border:2px solid var(--line);border-radius:16px;background:var(--card);text-decoration:none;font-weight:600}.choice[aria-current]{background:var(--brand);border-color:var(--brand);color:var(--on-brand)}
        label{display:block;font-weight:700;margin:1rem 0 .4rem}input{width:100%;min-height:72px;font:inherit;font-size:1.2rem;padding:.4rem 1rem;border:3px solid var(--brand);border-radius:16px;background:var(--card);color:var(--ink)}
        .share{padding:0 0 .8rem 4rem}.end{margin-top:2rem}.lost{background:var(--call);color:var(--on-call);font-weight:700;font-size:1.3rem;padding:1rem;margin-top:.6rem;text-align:center}
        footer{max-width:64rem;margin:0 auto;padding:0 1rem 1rem;color:var(--soft)}footer p{display:flex;gap:.6rem;align-items:center;margin:.5rem 0}.draft{border:3px dashed var(--line);border-radius:16px;padding:.4rem .8rem;color:var(--ink)}.draft .pic{width:2rem;height:2rem}
        [hidden]{display:none!important}
        """
}
