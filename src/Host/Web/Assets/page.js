// Every page works without this. With it a search answers while it is typed, and a domain's page follows what happens to it.

const load = async (address) => {
  const answer = await fetch(address, { credentials: 'same-origin' });
  return answer.ok && !answer.redirected ? new DOMParser().parseFromString(await answer.text(), 'text/html') : null;
};

const search = document.querySelector('form[data-live-search]');
if (search) {
  let last = 0;
  let pause;
  search.addEventListener('input', () => {
    clearTimeout(pause);
    pause = setTimeout(async () => {
      const mine = ++last;
      const address = `${search.getAttribute('action')}?${new URLSearchParams(new FormData(search))}`;
      const page = await load(address);
      // An answer that was overtaken by a later one is not shown.
      if (!page || mine !== last) return;
      document.querySelector('#results').replaceWith(page.querySelector('#results'));
      history.replaceState(null, '', address);
    }, 150);
  });
}

// The slider shows each version as it passes; the address says where it stands, so that a link holds the moment.
let stream = null;
let moving = 0;
document.addEventListener('input', async (event) => {
  const form = event.target.closest?.('form[data-slider]');
  if (!form) return;
  const mine = ++moving;
  const address = `${form.getAttribute('action')}?${new URLSearchParams(new FormData(form))}`;
  stream?.close();
  const page = await load(address);
  if (!page || mine !== moving) return;
  const [here, fresh] = [document.querySelector('[data-live]'), page.querySelector('[data-live]')];
  // The slider itself stays, since somebody holds it.
  for (const part of [...here.children]) if (part !== form) part.remove();
  let before = true;
  for (const part of [...fresh.children]) {
    if (part.matches('form[data-slider]')) before = false;
    else if (before) form.before(part);
    else here.append(part);
  }
  history.replaceState(null, '', address);
});

// The picture of a forest: larger and smaller by buttons, +, - and 0, or the wheel with Ctrl; whole with Fit; moved by dragging. The factor stays as the picture is drawn anew.
let factor = 1;
const scaled = (part) => {
  const picture = part.querySelector('svg.forest');
  const [, , width, height] = picture.getAttribute('viewBox').split(' ').map(Number);
  return { picture, width, height };
};
const zoom = (part, to) => {
  const { picture, width, height } = scaled(part);
  const before = factor;
  factor = Math.min(4, Math.max(0.1, to));
  const [x, y] = [part.scrollLeft + part.clientWidth / 2, part.scrollTop + part.clientHeight / 2];
  picture.setAttribute('width', width * factor);
  picture.setAttribute('height', height * factor);
  part.scrollTo(x * factor / before - part.clientWidth / 2, y * factor / before - part.clientHeight / 2);
};
const fit = (part) => {
  const { width, height } = scaled(part);
  zoom(part, Math.min(1, part.clientWidth / width, innerHeight * 0.8 / height));
};
const ways = { '+': (part) => zoom(part, factor * 1.25), '=': (part) => zoom(part, factor * 1.25), '-': (part) => zoom(part, factor / 1.25), 0: (part) => zoom(part, 1), f: fit };
const equip = () => {
  for (const part of document.querySelectorAll('[data-zoom]:not([data-equipped])')) {
    part.dataset.equipped = '';
    const bar = document.createElement('p');
    bar.className = 'choices';
    for (const [words, key] of [['Larger', '+'], ['Smaller', '-'], ['As it was', '0'], ['Fit', 'f']]) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = words;
      button.addEventListener('click', () => ways[key](part));
      bar.append(button);
    }
    part.before(bar);
    if (factor !== 1) zoom(part, factor);
    part.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || !ways[event.key]) return;
      event.preventDefault();
      ways[event.key](part);
    });
    part.addEventListener('wheel', (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      zoom(part, factor * (event.deltaY < 0 ? 1.1 : 1 / 1.1));
    }, { passive: false });
    let from = null;
    part.addEventListener('pointerdown', (event) => {
      if (event.pointerType !== 'mouse' || event.button !== 0 || event.target.closest('a')) return;
      from = [event.clientX + part.scrollLeft, event.clientY + part.scrollTop];
      part.setPointerCapture(event.pointerId);
      part.classList.add('held-by-hand');
    });
    part.addEventListener('pointermove', (event) => { if (from) part.scrollTo(from[0] - event.clientX, from[1] - event.clientY); });
    for (const end of ['pointerup', 'pointercancel']) part.addEventListener(end, () => { from = null; part.classList.remove('held-by-hand'); });
  }
};
equip();
new MutationObserver(equip).observe(document.querySelector('main'), { childList: true, subtree: true });

// Where the reader is: focus by the address of a link, and how far each scrolling part is scrolled. Somebody who types in a form is left alone.
const live = document.querySelector('[data-live]');
if (live?.dataset.live) {
  let busy = false;
  let again = false;
  const refresh = async () => {
    if (busy) { again = true; return; }
    busy = true;
    do {
      again = false;
      if (document.activeElement?.matches('input, select, textarea')) {
        document.activeElement.addEventListener('blur', refresh, { once: true });
        break;
      }
      const page = await load(location.href);
      const fresh = page?.querySelector('[data-live]');
      if (!fresh) break;
      const here = document.querySelector('[data-live]');
      const places = [...here.querySelectorAll('.scroll, pre')].map((part) => [part.scrollLeft, part.scrollTop]);
      const focus = document.activeElement?.getAttribute('href');
      const [x, y] = [scrollX, scrollY];
      here.replaceWith(fresh);
      equip();
      [...fresh.querySelectorAll('.scroll, pre')].forEach((part, i) => { if (places[i]) [part.scrollLeft, part.scrollTop] = places[i]; });
      if (focus) fresh.querySelector(`a[href="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
      scrollTo(x, y);
    } while (again);
    busy = false;
  };
  stream = new EventSource(live.dataset.live);
  for (const type of live.dataset.liveTypes.split(' ')) stream.addEventListener(type, refresh);
}
