'use strict';
// The map of scripts, its search and its table. All text from the data becomes text of an element, never markup.
(() => {
  const MINUTE = 60, HOUR = 3600, DAY = 86400;
  const AGES = [
    { kind: 'never', name: 'never used again', holds: (file) => file.hits === 0 },
    { kind: 'hour', name: 'used within an hour', holds: (file) => file.age <= HOUR },
    { kind: 'day', name: 'within a day', holds: (file) => file.age <= DAY },
    { kind: 'week', name: 'within a week', holds: (file) => file.age <= 7 * DAY },
    { kind: 'old', name: 'longer ago', holds: () => true },
  ];
  const SMALLEST = 3;       // pixels: what is smaller is not drawn
  const TITLE = 18;         // pixels for the name of a directory
  const ROWS = 100;         // of the table at a time

  const count = (number) => number.toLocaleString('en-US');
  const counted = (number, thing) => `${count(number)} ${thing}${number === 1 ? '' : 's'}`;

  function bytes(number) {
    let unit = 0;
    while (number >= 1024 && unit < 4) { number /= 1024; unit += 1; }
    const digits = unit === 0 || number >= 100 ? 0 : number >= 10 ? 1 : 2;
    return `${number.toFixed(digits)} ${['bytes', 'KiB', 'MiB', 'GiB', 'TiB'][unit]}`;
  }

  function share(part, whole) {
    const percent = whole > 0 ? (part / whole) * 100 : 0;
    return percent > 0 && percent < 0.1 ? 'under 0.1 %' : `${percent.toFixed(percent < 10 ? 1 : 0)} %`;
  }

  function ago(seconds) {
    if (seconds < 2 * MINUTE) return 'just now';
    if (seconds < 2 * HOUR) return `${Math.floor(seconds / MINUTE)} minutes ago`;
    if (seconds < 2 * DAY) return `${Math.floor(seconds / HOUR)} hours ago`;
    return `${count(Math.floor(seconds / DAY))} days ago`;
  }

  function element(name, text, parent) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (parent) parent.append(made);
    return made;
  }

  // The data is [name, [contents]] for a directory and [name, memory, hits, age] for a script.
  function grow(data, parent) {
    const [name, second] = data;
    if (!Array.isArray(second)) {
      return { name, parent, memory: second, hits: data[2], age: data[3], scripts: 1, matches: 1 };
    }
    const node = { name, parent, contents: [], memory: 0, hits: 0, age: Infinity, scripts: 0, matches: 0 };
    for (const each of second) {
      const child = grow(each, node);
      node.contents.push(child);
      for (const sum of ['memory', 'hits', 'scripts', 'matches']) node[sum] += child[sum];
      node.age = Math.min(node.age, child.age);
    }
    return node;
  }

  function pathOf(node) {
    return node.parent && node.parent.name !== null ? `${pathOf(node.parent)}/${node.name}` : node.name ?? '';
  }

  // As it stands in the trail of directories, in a box, in the table.
  const shownName = (node) => (node.parent ? node.name || '/' : node.name === null ? 'All scripts' : node.name || '/');

  function* scriptsIn(node) {
    if (!node.contents) yield node;
    else for (const each of node.contents) yield* scriptsIn(each);
  }

  const kindOf = (file) => AGES.find((each) => each.holds(file)).kind;

  // Squarified treemap: rows of boxes that are as square as can be (Bruls, Huizing, van Wijk, 2000). What would be too
  // small to be seen is left out; the first that is ends the work, since those after it are smaller.
  function* layOut(nodes, measure, frame) {
    let { x, y, width, height } = frame;
    let left = nodes.reduce((sum, each) => sum + each[measure], 0);
    let next = 0;
    while (next < nodes.length && width >= 1 && height >= 1 && left > 0) {
      const scale = (width * height) / left;
      const side = Math.min(width, height);
      const worst = (sum, most, least) => Math.max((side * side * most) / (sum * sum), (sum * sum) / (side * side * least));
      let sum = 0, end = next, best = Infinity;
      const most = nodes[next][measure] * scale;
      if (most < SMALLEST * SMALLEST) return;
      while (end < nodes.length) {
        const area = nodes[end][measure] * scale;
        if (area <= 0) break;
        const ratio = worst(sum + area, most, area);
        if (ratio > best) break;
        best = ratio;
        sum += area;
        end += 1;
      }
      const thickness = sum / side;
      let along = 0;
      for (; next < end; next += 1) {
        const area = nodes[next][measure] * scale;
        const length = area / thickness;
        yield width >= height
          ? { node: nodes[next], x, y: y + along, width: thickness, height: length }
          : { node: nodes[next], x: x + along, y, width: length, height: thickness };
        along += length;
        left -= nodes[next][measure];
      }
      if (width >= height) { x += thickness; width -= thickness; } else { y += thickness; height -= thickness; }
    }
  }

  class ScriptMap {
    constructor(section) {
      this.root = grow(JSON.parse(section.querySelector('script[type="application/json"]').textContent), null);
      this.section = section;
      this.find = (selector) => section.querySelector(selector);
      this.canvas = this.find('canvas');
      this.tip = this.find('.tip');
      this.shown = this.root;   // the directory that is shown
      this.measure = 'memory';
      this.words = '';          // that are searched for
      this.chosen = null;       // the box that the keyboard is at
      this.order = { by: 'memory', down: true };
      this.rows = ROWS;
      this.find('.with-script').hidden = false;
      this.legend();
      this.listen();
      this.show(this.root);
    }

    listen() {
      this.find('input').addEventListener('input', (event) => this.search(event.target.value));
      this.find('select').addEventListener('change', (event) => { this.measure = event.target.value; this.refresh(); });
      this.canvas.addEventListener('keydown', (event) => this.key(event));
      this.canvas.addEventListener('click', (event) => this.click(event));
      this.canvas.addEventListener('pointermove', (event) => this.hover(event));
      this.canvas.addEventListener('pointerleave', () => { this.tip.hidden = true; });
      this.canvas.addEventListener('focus', () => this.draw());
      this.canvas.addEventListener('blur', () => this.draw());
      new ResizeObserver(() => this.draw()).observe(this.canvas.parentElement);
    }

    legend() {
      for (const each of AGES) {
        const entry = element('li', undefined, this.find('.ages'));
        entry.className = each.kind;
        element('span', each.name, entry);
      }
    }

    // -- what is shown ------------------------------------------------------------------------------------------

    show(node) {
      this.shown = node;
      this.chosen = null;
      this.rows = ROWS;
      this.refresh();
    }

    up(focus) {
      const from = this.shown;
      if (!from.parent) return;
      this.show(from.parent);
      if (focus) this.choose(this.boxes.find((box) => box.node === from));
    }

    refresh() {
      this.crumbs();
      this.draw();
      this.table();
      this.tell(this.chosen);
    }

    search(words) {
      this.words = words.trim().toLowerCase();
      const mark = (node, path) => {
        if (node.contents) node.matches = node.contents.reduce((sum, each) => sum + mark(each, `${path}/${each.name}`.toLowerCase()), 0);
        else node.matches = !this.words || path.includes(this.words) ? 1 : 0;
        return node.matches;
      };
      mark(this.root, (this.root.name ?? '').toLowerCase());
      this.chosen = null;
      this.rows = ROWS;
      this.refresh();
    }

    crumbs() {
      const trail = [];
      for (let node = this.shown; node; node = node.parent) trail.unshift(node);
      const list = element('ol');
      for (const node of trail) {
        const item = element('li', undefined, list);
        const step = element(node === this.shown ? 'strong' : 'button', shownName(node), item);
        if (node === this.shown) step.setAttribute('aria-current', 'location');
        else step.addEventListener('click', () => this.show(node));
      }
      this.find('.crumbs').replaceChildren(list);
    }

    // -- the picture --------------------------------------------------------------------------------------------

    sorted(node) {
      if (node.sortedBy !== this.measure) {
        node.sorted = [...node.contents].sort((one, other) => other[this.measure] - one[this.measure]);
        node.sortedBy = this.measure;
      }
      return node.sorted;
    }

    draw() {
      const width = this.canvas.clientWidth, height = this.canvas.clientHeight;
      if (!width || !height) return;
      const sharpness = window.devicePixelRatio || 1;
      this.canvas.width = Math.round(width * sharpness);
      this.canvas.height = Math.round(height * sharpness);
      this.style = getComputedStyle(this.canvas);
      this.pen = this.canvas.getContext('2d');
      this.pen.scale(sharpness, sharpness);
      this.pen.font = `12px ${this.style.fontFamily}`;
      this.pen.textBaseline = 'middle';
      this.boxes = [];
      this.drawContents(this.shown, { x: 0, y: 0, width, height }, 0);
      if (this.chosen) this.chosen = this.boxes.find((box) => box.node === this.chosen.node && box.depth === 0) ?? null;
      if (this.chosen && document.activeElement === this.canvas) this.outline(this.chosen);
    }

    drawContents(directory, frame, depth) {
      for (const box of layOut(this.sorted(directory), this.measure, frame)) {
        box.depth = depth;
        this.boxes.push(box);
        if (box.node.contents) this.drawDirectory(box);
        else this.drawScript(box);
      }
    }

    colour(name) { return this.style.getPropertyValue(`--${name}`); }

    drawDirectory(box) {
      const { x, y, width, height, depth } = box;
      if (width < SMALLEST * 2 || height < SMALLEST * 2) return this.drawScript(box);
      const edge = depth < 2 ? 2 : 1;
      const title = height > 3 * TITLE && width > 60 && depth < 5 ? TITLE : edge;
      this.pen.fillStyle = this.colour(depth % 2 ? 'frame' : 'frame-outside');
      this.pen.fillRect(x + 0.5, y + 0.5, width - 1, height - 1);
      if (title === TITLE) this.write(shownName(box.node), box, this.colour('ink'), y + 1 + TITLE / 2);
      const inner = { x: x + edge, y: y + title, width: width - 2 * edge, height: height - title - edge };
      return this.drawContents(box.node, inner, depth + 1);
    }

    drawScript(box) {
      const kind = kindOf(box.node);
      this.pen.globalAlpha = box.node.matches ? 1 : 0.15;
      this.pen.fillStyle = this.colour(`age-${kind}`);
      this.pen.fillRect(box.x + 0.5, box.y + 0.5, Math.max(box.width - 1, 0.5), Math.max(box.height - 1, 0.5));
      if (box.width > 40 && box.height > 15) this.write(shownName(box.node), box, this.colour(`on-${kind}`), box.y + box.height / 2);
      this.pen.globalAlpha = 1;
    }

    write(text, box, colour, y) {
      this.pen.save();
      this.pen.beginPath();
      this.pen.rect(box.x + 2, box.y, box.width - 6, box.height);
      this.pen.clip();
      this.pen.fillStyle = colour;
      this.pen.fillText(text.slice(0, 200), box.x + 5, y);
      this.pen.restore();
    }

    outline(box) {
      this.pen.lineWidth = 3;
      this.pen.strokeStyle = this.colour('ink');
      this.pen.strokeRect(box.x + 1.5, box.y + 1.5, box.width - 3, box.height - 3);
    }

    // -- pointer and keyboard -----------------------------------------------------------------------------------

    boxAt(event) {
      const place = this.canvas.getBoundingClientRect();
      const x = event.clientX - place.left, y = event.clientY - place.top;
      const holds = (box) => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
      return this.boxes.findLast(holds);
    }

    click(event) {
      const box = this.boxAt(event);
      if (!box) return;
      const directory = box.node.contents ? box.node : box.node.parent;
      if (directory !== this.shown) this.show(directory);
      else this.choose(box);
    }

    hover(event) {
      const box = this.boxAt(event);
      this.tip.hidden = !box;
      if (!box) return;
      const place = this.canvas.getBoundingClientRect();
      this.tip.replaceChildren(element('bdi', pathOf(box.node)), element('span', this.told(box.node)));
      const x = event.clientX - place.left, y = event.clientY - place.top;
      this.tip.style.left = `${Math.max(0, Math.min(x + 14, place.width - this.tip.offsetWidth))}px`;
      this.tip.style.top = `${y + 18 + this.tip.offsetHeight > place.height ? Math.max(0, y - 10 - this.tip.offsetHeight) : y + 18}px`;
    }

    key(event) {
      const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
      if (moves[event.key]) this.move(...moves[event.key]);
      else if (event.key === 'Enter' || event.key === ' ') { if (this.chosen?.node.contents) this.goInto(this.chosen.node); }
      else if (event.key === 'Backspace' || event.key === 'Escape') this.up(true);
      else if (event.key === 'Home') this.goInto(this.root);
      else return;
      event.preventDefault();
    }

    goInto(node) {
      this.show(node);
      this.choose(this.boxes[0]);
    }

    // The nearest box of this directory in that direction.
    move(right, down) {
      const all = this.boxes.filter((box) => box.depth === 0);
      if (!this.chosen) return this.choose(all[0]);
      const middle = (box) => [box.x + box.width / 2, box.y + box.height / 2];
      const [x, y] = middle(this.chosen);
      let nearest = null, least = Infinity;
      for (const box of all) {
        const [toRight, toBottom] = [middle(box)[0] - x, middle(box)[1] - y];
        const ahead = toRight * right + toBottom * down, aside = Math.abs(toRight * down) + Math.abs(toBottom * right);
        if (ahead > 1 && ahead + 2 * aside < least) { least = ahead + 2 * aside; nearest = box; }
      }
      return nearest && this.choose(nearest);
    }

    choose(box) {
      this.chosen = box ?? null;
      this.draw();
      this.tell(this.chosen);
    }

    told(node) {
      const used = node.hits === 0 ? 'never used again since it was cached' : `used ${counted(node.hits, 'time')}, last ${ago(node.age)}`;
      const what = node.contents ? `${counted(node.scripts, 'script')}, ` : '';
      return `${what}${bytes(node.memory)} (${share(node.memory, this.root.memory)}), ${used}`;
    }

    tell(box) {
      const node = box?.node ?? this.shown;
      const line = this.find('.chosen');
      line.replaceChildren(element('bdi', pathOf(node) || shownName(node)), element('span', ` – ${this.told(node)}`));
      if (this.words) element('span', `. ${counted(this.shown.matches, 'script')} found here.`, line);
    }

    // -- the same as a table ------------------------------------------------------------------------------------

    table() {
      const found = this.words ? [...scriptsIn(this.shown)].filter((each) => each.matches) : this.shown.contents;
      const value = (node) => (this.order.by === 'name' ? shownName(node) : node[this.order.by]);
      const compare = (one, other) => (value(one) < value(other) ? -1 : value(one) > value(other) ? 1 : 0);
      const rows = [...found].sort((one, other) => (this.order.down ? compare(other, one) : compare(one, other)));
      const table = element('table');
      element('caption', this.words ? `Scripts found: ${count(found.length)}` : `In this directory: ${count(found.length)}`, table);
      this.headings(table);
      const body = element('tbody', undefined, table);
      for (const node of rows.slice(0, this.rows)) this.row(node, body);
      const wide = element('div');
      wide.className = 'wide';
      wide.append(table);
      this.find('.contents').replaceChildren(wide);
      if (rows.length > this.rows) this.more(rows.length);
    }

    headings(table) {
      const line = element('tr', undefined, element('thead', undefined, table));
      for (const [by, text] of [['name', 'Name'], ['scripts', 'Scripts'], ['memory', 'Memory'], ['hits', 'Hits'], ['age', 'Last used']]) {
        const cell = element('th', undefined, line);
        cell.scope = 'col';
        if (by !== 'name') cell.className = 'number';
        if (this.order.by === by) cell.ariaSort = this.order.down ? 'descending' : 'ascending';
        const button = element('button', text, cell);
        button.dataset.by = by;
        button.addEventListener('click', () => this.sort(by));
      }
    }

    sort(by) {
      this.order = { by, down: this.order.by === by ? !this.order.down : by !== 'name' && by !== 'age' };
      this.table();
      this.find(`.contents [data-by="${by}"]`).focus();
    }

    row(node, body) {
      const line = element('tr', undefined, body);
      const name = element('td', undefined, line);
      name.className = 'path';
      const text = this.words ? pathOf(node) : shownName(node) + (node.contents ? '/' : '');
      const inside = element(node.contents ? 'button' : 'bdi', text, name);
      if (node.contents) inside.addEventListener('click', () => this.show(node));
      for (const value of [count(node.scripts), bytes(node.memory), count(node.hits), node.hits === 0 ? 'never' : ago(node.age)]) {
        element('td', value, line).className = 'number';
      }
    }

    more(all) {
      const button = element('button', `Show more (${count(this.rows)} of ${count(all)} are shown)`, this.find('.contents'));
      button.className = 'more';
      button.addEventListener('click', () => { this.rows += 5 * ROWS; this.table(); });
    }
  }

  const maps = [...document.querySelectorAll('section.map')].map((section) => new ScriptMap(section));
  const redraw = () => maps.forEach((map) => map.draw());
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);

  // Paper is light, and nothing on it can be opened.
  addEventListener('beforeprint', () => {
    document.documentElement.classList.add('printed');
    for (const each of document.querySelectorAll('details:not([open])')) { each.open = true; each.dataset.closed = ''; }
    redraw();
  });
  addEventListener('afterprint', () => {
    document.documentElement.classList.remove('printed');
    for (const each of document.querySelectorAll('details[data-closed]')) { each.open = false; delete each.dataset.closed; }
    redraw();
  });
})();
