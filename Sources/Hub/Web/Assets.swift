import HTTPTypes
import Hummingbird
import HummingbirdCore

/// Style, script, icon and manifest: part of the binary, so that one file is the whole product.
enum Assets {
    static let routes: [Route] = [
        route("foyer.css", "text/css; charset=utf-8", css),
        route("foyer.js", "text/javascript; charset=utf-8", script),
        route("me.css", "text/css; charset=utf-8", ResidentAssets.css),
        route("me.js", "text/javascript; charset=utf-8", ResidentAssets.script),
        route("icon.svg", "image/svg+xml", icon),
        route("foyer.webmanifest", "application/manifest+json", manifest),
    ]

    private static func route(_ name: String, _ type: String, _ text: String) -> Route {
        Route(method: .get, path: "/assets/\(name)", access: .anybody) { _ in
            Response(
                status: .ok,
                headers: [.contentType: type, .cacheControl: "public, max-age=300"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        }
    }

    static let manifest = """
        {"name":"Foyer","short_name":"Foyer","start_url":"/","display":"standalone","background_color":"#f6f4ef",
        "theme_color":"#1d5c63","icons":[{"src":"/assets/icon.svg","sizes":"any","type":"image/svg+xml","purpose":"any maskable"}]}
        """

    static let icon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="14" fill="#1d5c63"/>
        <path d="M12 32 32 14l20 18" fill="none" stroke="#fff" stroke-width="5" stroke-linecap="round" stroke-linejoin="round"/>
        <path d="M18 30v20h28V30" fill="none" stroke="#fff" stroke-width="5" stroke-linecap="round" stroke-linejoin="round"/>
        <circle cx="32" cy="40" r="5" fill="#ffd166"/></svg>
        """

    /// Live updates, a sound for new calls, and a word where the connection is lost. The pages do without it.
    static let script = """
        'use strict';
        (() => {
          const part = document.body.dataset.live;
          const live = document.getElementById('live');
          const lost = document.getElementById('lost');
          const button = document.getElementById('sound');
          if (!part || !live || !window.EventSource) return;
          let audio = null, known = ids(), timer = 0, last = Date.now(), held = false;
          function ids() { return new Set([...document.querySelectorAll('[data-calls]')].map(e => e.dataset.alert)); }
          if (button && (window.AudioContext || window.webkitAudioContext)) {
            button.hidden = false;
            button.addEventListener('click', () => {
              audio = new (window.AudioContext || window.webkitAudioContext)();
              button.hidden = true; chime();
            });
          }
          function chime() {
            if (!audio) return;
            [0, .25, .5].forEach((at, i) => {
              const tone = audio.createOscillator(), level = audio.createGain();
              tone.frequency.value = [660, 880, 660][i];
              level.gain.setValueAtTime(.0001, audio.currentTime + at);
              level.gain.exponentialRampToValueAtTime(.4, audio.currentTime + at + .03);
              level.gain.exponentialRampToValueAtTime(.0001, audio.currentTime + at + .22);
              tone.connect(level).connect(audio.destination);
              tone.start(audio.currentTime + at); tone.stop(audio.currentTime + at + .24);
            });
          }
          // Whoever says what it was, or writes a note, must not lose it.
          const busy = () => live.querySelector('details[open] :focus, input:checked')
            || [...live.querySelectorAll('textarea, input[name=reason]')].some(e => e.value);
          async function refresh() {
            if (busy()) { held = true; return; }
            held = false;
            try {
              const answer = await fetch(part, {headers: {'X-Part': '1'}, credentials: 'same-origin'});
              if (answer.redirected || answer.status === 401) { location.reload(); return; }
              if (!answer.ok) return;
              const text = await answer.text();
              // Meanwhile somebody may have begun.
              if (busy()) { held = true; return; }
              live.innerHTML = text;
              const now = ids();
              if ([...now].some(id => !known.has(id))) chime();
              document.title = (now.size ? '(' + now.size + ') ' : '') + document.title.replace(/^\\(\\d+\\) /, '');
              known = now;
            } catch (_) { }
          }
          function soon() { if (!timer) timer = setTimeout(() => { timer = 0; refresh(); }, 60); }
          live.addEventListener('focusout', () => { if (held) soon(); });
          function connected(yes) { lost.hidden = yes; document.body.classList.toggle('is-lost', !yes); }
          const source = new EventSource('/live');
          source.addEventListener('change', () => { last = Date.now(); soon(); });
          source.addEventListener('beat', () => { last = Date.now(); });
          source.onopen = () => { last = Date.now(); connected(true); soon(); };
          source.onerror = () => connected(false);
          setInterval(() => { if (Date.now() - last > 40000) connected(false); }, 5000);
          setInterval(soon, 30000);
        })();
        """

    static let css = """
        :root{--paper:#f6f4ef;--card:#fff;--ink:#1c2326;--soft:#4d5a5e;--line:#d5d0c4;--brand:#1d5c63;--on-brand:#fff;--calm:#2f6b3f;
        --critical:#a3122a;--critical-paper:#fdecee;--high:#9a4a00;--high-paper:#fff1e0;--medium:#6b5600;--medium-paper:#fdf7dc;--low:#37597a;--low-paper:#edf3f9;--focus:#0b57d0}
        @media(prefers-color-scheme:dark){:root{--paper:#10181b;--card:#19242a;--ink:#eef2f1;--soft:#b3c0c3;--line:#3a4a50;--brand:#7cc7cf;--on-brand:#0b1518;--calm:#8fd3a0;
        --critical:#ff8b98;--critical-paper:#3a141b;--high:#ffb968;--high-paper:#36230f;--medium:#f0d766;--medium-paper:#2d280f;--low:#9cc4ea;--low-paper:#16273a;--focus:#9cc4ff}}
        *{box-sizing:border-box}html{font:100%/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;color-scheme:light dark}
        body{margin:0;background:var(--paper);color:var(--ink)}
        a{color:var(--brand);text-underline-offset:.2em}h1{font-size:1.7rem;margin:.2em 0 .4em;line-height:1.2}h2{font-size:1.25rem;margin:1.4em 0 .5em}h3{font-size:1.2rem;margin:.2em 0}
        :focus-visible{outline:3px solid var(--focus);outline-offset:2px;border-radius:4px}
        .skip{position:absolute;left:-999em}.skip:focus{left:.5em;top:.5em;background:var(--card);padding:.7em;z-index:9}
        .top{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;align-items:center;padding:.5rem 1rem;background:var(--card);border-bottom:1px solid var(--line)}
        .brand{display:flex;gap:.5rem;align-items:center;font-weight:700;font-size:1.2rem;text-decoration:none;color:var(--ink);min-height:44px}
        .top nav ul{display:flex;flex-wrap:wrap;gap:.2rem;list-style:none;margin:0;padding:0}
        .top nav a,.language{display:flex;align-items:center;min-height:44px;min-width:44px;padding:0 .7rem;border-radius:8px;text-decoration:none;color:var(--ink)}
        .top nav a[aria-current]{background:var(--brand);color:var(--on-brand);font-weight:600}
        .who{display:flex;gap:.5rem;align-items:center;margin-left:auto}.language{margin-left:0}
        main{max-width:75rem;margin:0 auto;padding:1rem}
        .row{display:flex;flex-wrap:wrap;gap:1rem;align-items:center;justify-content:space-between}
        .lost{background:var(--critical);color:var(--paper);font-size:1.4rem;font-weight:700;padding:1.2rem;text-align:center}
        .is-lost #live{opacity:.55}
        button,summary,select,input,textarea{font:inherit;color:inherit}
        button,summary{min-height:44px;padding:.5rem 1.1rem;border:1px solid var(--soft);border-radius:10px;background:var(--card);cursor:pointer}
        summary{display:inline-flex;align-items:center}
        button.main{background:var(--brand);color:var(--on-brand);border-color:var(--brand);font-weight:700}
        button.go{font-size:1.35rem;min-height:64px;width:100%}
        button.quiet{border-color:transparent;text-decoration:underline;padding:.4rem .6rem}
        input,select,textarea{min-height:44px;padding:.4rem .6rem;border:1px solid var(--soft);border-radius:8px;background:var(--paper);max-width:100%}
        input[type=checkbox]{min-height:0;width:1.6rem;height:1.6rem;flex:none}input[type=radio]{min-height:0;flex:none;width:1.4rem;height:1.4rem;vertical-align:middle}
        textarea,input[name=reason]{width:100%}label{display:block;margin:.5rem 0 .1rem;font-weight:600}fieldset{border:0;padding:0;margin:0;min-width:0}legend{font-weight:600;padding:0;margin:.5rem 0 .1rem}.said{list-style:none;padding:0}audio{max-width:100%}fieldset label{display:flex;gap:.6rem;align-items:center;min-height:44px;font-weight:400;margin:0}
        .calls{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr))}.calls h2{grid-column:1/-1;margin-bottom:0}
        .alert{background:var(--card);border:1px solid var(--line);border-left:10px solid var(--low);border-radius:14px;padding:1rem;margin:0 0 1rem}
        .calls .alert{margin:0;border-width:2px 2px 2px 12px}
        .alert header{display:flex;justify-content:space-between;gap:1rem;flex-wrap:wrap}
        .alert.critical{border-color:var(--critical);background:var(--critical-paper)}.alert.high{border-color:var(--high);background:var(--high-paper)}
        .alert.medium{border-color:var(--medium);background:var(--medium-paper)}.alert.low,.alert.info{border-left-color:var(--low)}
        .alert h3{font-size:1.45rem;line-height:1.2}.alert .where{font-size:1.1rem;margin:.1rem 0;font-weight:600}.alert .when,.alert .reason{margin:.1rem 0;color:var(--soft)}
        .alert .do{margin:.6rem 0;padding:.6rem .8rem;border-radius:8px;background:var(--card);border:1px solid var(--line);font-size:1.1rem}
        .priority{font-weight:700;white-space:nowrap}.critical>header .priority,.priority.critical{color:var(--critical)}.high>header .priority,.priority.high{color:var(--high)}.medium>header .priority,.priority.medium{color:var(--medium)}.low>header .priority,.priority.low,.priority.info{color:var(--low)}
        .acts{display:flex;flex-wrap:wrap;gap:.6rem;align-items:flex-start}.acts>form:first-child{flex:1 1 100%}.acts details[open]{flex:1 1 100%}.acts form button.main{margin-top:.3rem}
        .why{display:inline-flex;align-items:center;min-height:44px;padding:0 .6rem}
        .calm{font-size:1.3rem;padding:1.4rem;border-radius:14px;background:var(--card);border:1px solid var(--line);color:var(--calm);font-weight:600}
        .blind{list-style:none;padding:0;margin:0}.blind li{padding:.5rem 0;border-bottom:1px solid var(--line)}
        .residence{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:1rem;margin-bottom:1rem}.shift{color:var(--soft);margin:.2rem 0 .6rem}
        .shift a,.days a,.hours a{display:inline-flex;align-items:center;min-height:44px;padding:0 .5rem}
        .rooms{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,11rem),1fr));gap:.6rem;list-style:none;padding:0;margin:0}
        .room{border:1px solid var(--line);border-radius:10px;padding:.6rem .8rem;min-height:5.2rem}.room.recent{border:2px solid var(--calm)}
        .room span{display:block}.room .name{font-weight:700}.room .seen,.room .person{color:var(--soft)}.room .fact{font-weight:600;color:var(--high)}
        table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.5rem .6rem;border-bottom:1px solid var(--line)}thead th{color:var(--soft);font-weight:600}
        .wide{overflow-x:auto;margin-bottom:1rem}.filters{display:flex;flex-wrap:wrap;gap:.8rem;align-items:end;margin-bottom:1rem}
        .health.well{color:var(--calm)}.health.silent,.health.offline{color:var(--critical);font-weight:700}.health.unheard{color:var(--medium)}
        .hint{color:var(--soft)}.rule{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:.6rem 1rem;margin-bottom:1rem}.rule h2{margin:.3rem 0}
        .sign-in{max-width:24rem;margin:6vh auto;background:var(--card);border:1px solid var(--line);border-radius:16px;padding:1.5rem}.sign-in input,.sign-in button{width:100%}.sign-in button{margin-top:1.2rem;min-height:56px;font-size:1.15rem}
        .problem{color:var(--critical);font-weight:600}.waiting{border:2px solid var(--brand);border-radius:12px;padding:.6rem 1rem;margin-bottom:1rem}
        .reasons{list-style:none;padding:0}.reasons li{margin:.3em 0}.reasons .d1{padding-left:1.4em}.reasons .d2{padding-left:2.8em}.reasons .d3{padding-left:4.2em}.reasons .d4{padding-left:5.6em}
        .place label{display:block;margin:.8em 0 .3em}.place fieldset label{display:flex;gap:.6em;align-items:center;min-height:44px;margin:0}.place small{display:block;color:var(--soft)}
        .place select,.place input:not([type=radio]){min-height:44px;width:100%;max-width:30rem;font:inherit}.place .main{margin-top:1.2em;display:block}
        a.button{display:inline-flex;align-items:center;min-height:32px;padding:0 .7em;border:1px solid var(--brand);border-radius:8px;text-decoration:none}
        .chart{min-width:44rem;width:100%;background:var(--card);border:1px solid var(--line);border-radius:12px}
        .chart text{fill:var(--ink);font-size:12px}.chart .grid{stroke:var(--line)}.chart .curve{fill:none;stroke:var(--brand);stroke-width:2.5}.chart .point{fill:var(--brand)}.chart .curve.alone{stroke:var(--ink);stroke-dasharray:5 4}.chart rect.alone{fill:var(--ink)}.chart rect.unseen{fill:none;stroke:var(--line)}.chart .base{stroke:var(--line);stroke-dasharray:2 3}
        .chart rect{fill:var(--brand)}.chart rect.episodes{fill:var(--calm)}.chart rect.blind{fill:var(--soft)}.chart rect.critical{fill:var(--critical)}.chart rect.high{fill:var(--high)}.chart rect.medium{fill:var(--medium)}.chart rect.low,.chart rect.info{fill:var(--low)}
        .hours{display:flex;flex-wrap:wrap;list-style:none;padding:0;margin:.5rem 0}.hours a[aria-current]{font-weight:700}
        code{overflow-wrap:anywhere}
        @media(prefers-reduced-motion:no-preference){.calls .alert.critical{animation:pulse 1.6s ease-in-out infinite}@keyframes pulse{50%{box-shadow:0 0 0 6px var(--critical-paper),0 0 0 8px var(--critical)}}}
        @media print{.top,.acts,.filters,.lost,#sound,.hours,.days{display:none!important}body{background:#fff;color:#000}main{max-width:none}.alert,.residence,.rule{break-inside:avoid}}
        """
}
