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

// Where the reader is: focus by the address of a link, and how far each scrolling part is scrolled. Somebody who types in a form is left alone.
const live = document.querySelector('[data-live]');
if (live) {
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
      [...fresh.querySelectorAll('.scroll, pre')].forEach((part, i) => { if (places[i]) [part.scrollLeft, part.scrollTop] = places[i]; });
      if (focus) fresh.querySelector(`a[href="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
      scrollTo(x, y);
    } while (again);
    busy = false;
  };
  const stream = new EventSource(live.dataset.live);
  for (const type of live.dataset.liveTypes.split(' ')) stream.addEventListener(type, refresh);
}
