// The dashboard: reads the API each second or two and shows what it says. All text goes in as text, never as markup.
'use strict';

const NAME = location.pathname.startsWith('/satellites/') ? decodeURIComponent(location.pathname.slice(12)) : null;
const main = document.getElementById('main');
const MOST_ROWS = 200;
const MOST_CARDS = 6;
let filter = '';

// ---- Elements ----

/** An element; `properties` sets attributes, `children` are elements or texts. */
function el(name, properties, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties || {})) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined));
  return element;
}

function section(id, title) {
  const head = el('header', {}, el('h2', {id: id + '-title'}, title));
  const body = el('div', {id});
  main.append(el('section', {'aria-labelledby': id + '-title'}, head, body));
  return head;
}

const shown = new Map();

/** Replaces what a section shows, if that has changed; keeps the focus where it was. */
function show(id, data, render) {
  const text = JSON.stringify(data);
  if (shown.get(id) === text) return;
  shown.set(id, text);
  const at = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.key : undefined;
  document.getElementById(id).replaceChildren(...[render(data)].flat());
  if (at) {
    const again = [...document.querySelectorAll('[data-key]')].find(one => one.dataset.key === at);
    if (again) again.focus();
  }
}

/** A table; columns are [title, class], cells are elements, texts or null. The roles stay where a phone lays it out as a list. */
function table(caption, columns, rows) {
  return el('table', {role: 'table', 'aria-label': caption},
    el('thead', {role: 'rowgroup'}, el('tr', {role: 'row'}, columns.map(([title, kind]) =>
      el('th', {scope: 'col', role: 'columnheader', class: kind || null, 'aria-label': title ? null : 'Changes'}, title)))),
    el('tbody', {role: 'rowgroup'}, rows.map(cells => el('tr', {role: 'row'}, cells.map((cell, i) => i === 0
      ? el('th', {scope: 'row', role: 'rowheader'}, cell)
      : el('td', {role: 'cell', 'data-label': columns[i][0] || null, class: [columns[i][1], cell === null || cell === '' ? 'none' : ''].filter(Boolean).join(' ') || null}, cell === null ? '' : cell))))));
}

const empty = text => el('p', {class: 'empty'}, text);

// ---- Words and numbers ----

function bytes(count) {
  if (count === null || count === undefined) return '';
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (count >= 1000 && unit < 4) { count /= 1000; unit++; }
  return (unit === 0 ? count : count.toFixed(count < 10 ? 2 : count < 100 ? 1 : 0)) + '\u202f' + units[unit];
}

function bits(rate) {
  if (rate === null || rate === undefined) return '';
  const units = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s'];
  let unit = 0;
  while (rate >= 1000 && unit < 3) { rate /= 1000; unit++; }
  return (unit === 0 ? Math.round(rate) : rate.toFixed(rate < 10 ? 2 : rate < 100 ? 1 : 0)) + '\u202f' + units[unit];
}

function span(seconds) {
  if (seconds < 0) seconds = 0;
  if (seconds < 60) return Math.floor(seconds) + '\u202fs';
  if (seconds < 3600) return Math.floor(seconds / 60) + '\u202fmin';
  if (seconds < 86400) return Math.floor(seconds / 3600) + '\u202fh ' + Math.floor(seconds % 3600 / 60) + '\u202fmin';
  return Math.floor(seconds / 86400) + '\u202fd ' + Math.floor(seconds % 86400 / 3600) + '\u202fh';
}

const seconds = time => (Date.now() - Date.parse(time)) / 1000;
const percent = share => (100 * share).toFixed(1) + '\u202f%';
const number = count => count === null || count === undefined ? '' : count.toLocaleString('en').replaceAll(',', '\u202f');

function when(time) {
  if (!time) return '';
  return el('time', {datetime: time}, time.slice(0, 10) + ' ' + time.slice(11, 19) + ' UTC');
}

/** A time that is told by its distance, and ages by itself. */
function ago(time) {
  if (!time) return el('span', {class: 'quiet'}, 'never');
  return el('time', {datetime: time, title: time, 'data-ago': time}, span(seconds(time)) + ' ago');
}

function until(time) {
  return el('time', {datetime: time, title: time, 'data-until': time}, span(-seconds(time)));
}

function age() {
  for (const one of document.querySelectorAll('[data-ago]')) one.textContent = span(seconds(one.dataset.ago)) + ' ago';
  for (const one of document.querySelectorAll('[data-until]')) one.textContent = span(-seconds(one.dataset.until));
}

const KINDS = {
  CONFIRMED: 'good', DONE: 'good', STORED: 'good', OPEN: 'good',
  RECEIVING: 'busy', ACTIVATING: 'busy', CHECKING: 'busy', PENDING: 'busy',
  QUEUED: 'wait', AWAITING_REBOOT: 'wait', AWAITING_CONFIRMATION: 'wait', ROLLING_BACK: 'wait',
  FAILED: 'bad', ROLLED_BACK: 'bad', ROLLBACK_FAILED: 'bad', REFUSED: 'bad', UNREACHABLE: 'bad',
};

const state = name => el('span', {class: 'state ' + (KINDS[name] || 'over')}, name.toLowerCase().replaceAll('_', ' '));
const satellite = name => el('a', {href: '/satellites/' + encodeURIComponent(name), 'data-key': 'go ' + name}, name);
const target = path => el('span', {class: 'path', title: path}, path.replace(/^\/nix\/store\/[0-9a-z]{32}-/, ''));

/** Progress in blocks that are durable on board. */
function progress(deployment) {
  if (!deployment.blocks) return null;
  const text = number(deployment.blocksDone) + ' of ' + number(deployment.blocks);
  return el('div', {class: 'progress'},
    el('progress', {max: deployment.blocks, value: deployment.blocksDone, 'aria-label': text + ' blocks durable on board'}),
    el('span', {}, text + '\u202fblocks'));
}

// ---- Asking the server ----

const token = () => sessionStorage.getItem('narlink.token');

async function ask(path, options) {
  const headers = token() ? {Authorization: 'Bearer ' + token()} : {};
  const response = await fetch(path, {...options, headers: {...headers, ...(options || {}).headers}, cache: 'no-store'});
  const said = await response.json();
  if (response.status === 401 && !declined) askToken();
  if (!response.ok) throw new Error(said.error || 'the server answered ' + response.status);
  return said;
}

const tokenDialog = document.getElementById('token-dialog');
let declined = false;

function askToken() {
  if (tokenDialog.open) return;
  document.getElementById('token-field').value = '';
  tokenDialog.showModal();
}

function tokenKept() {
  sessionStorage.setItem('narlink.token', document.getElementById('token-field').value.trim());
  tokenDialog.close();
  refresh();
}

document.getElementById('token-button').addEventListener('click', askToken);
document.getElementById('token-cancel').addEventListener('click', () => tokenDialog.close());
tokenDialog.addEventListener('close', () => { declined = !token(); });
document.getElementById('token-form').addEventListener('submit', event => { event.preventDefault(); tokenKept(); });

/** Says what is wrong; an empty text says that nothing is. */
function problem(text) {
  const place = document.getElementById('problem');
  if (place.textContent !== text) place.textContent = text;
  place.hidden = !text;
}

async function change(path, fields, question, told) {
  if (question && !confirm(question)) return;
  if (!token()) { askToken(); return; }
  const done = document.getElementById('done');
  done.hidden = true;
  try {
    const said = await ask(path, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(fields)});
    problem('');
    done.textContent = said.command ? 'Command ' + said.command + ' is queued: ' + said.what + '. The next pass brings it.' : told;
    done.hidden = false;
    await refresh();
  } catch (error) {
    problem(error.message);
  }
}

const button = (text, label, key, act) =>
  el('button', {type: 'button', class: 'small', 'aria-label': label, 'data-key': key, onclick: act}, text);

// ---- Views ----

function fleet(list) {
  const wanted = list.filter(one => one.satellite.toLowerCase().includes(filter.toLowerCase()));
  if (list.length === 0) return empty('No satellite yet: narlink satellite add NAME --flight-key KEY.');
  if (wanted.length === 0) return empty('No satellite has “' + filter + '” in its name.');
  const rows = wanted.slice(0, MOST_ROWS).map(one => {
    const open = one.deployments.find(each => each.state === 'RECEIVING') || one.deployments[one.deployments.length - 1];
    return [
      satellite(one.satellite),
      ago(one.heard),
      number(one.acknowledgedPaths),
      one.predictedPaths ? number(one.predictedPaths) : '',
      bytes(one.freeBytes),
      one.frozen ? el('span', {class: 'state wait'}, 'frozen') : open ? el('span', {}, state(open.state), el('span', {class: 'quiet'}, ' #' + open.deployment)) : el('span', {class: 'quiet'}, 'nothing sent'),
      open && !['CONFIRMED', 'SUPERSEDED', 'CANCELLED', 'EXPIRED'].includes(open.state) ? progress(open) : null,
    ];
  });
  const parts = [table('Satellites', [['Satellite'], ['Last report', 'n'], ['Paths', 'n'], ['Predicted', 'n'], ['Free', 'n'], ['Deployment'], ['On board']], rows)];
  if (wanted.length > MOST_ROWS) parts.push(empty('and ' + number(wanted.length - MOST_ROWS) + ' more; type a part of a name above'));
  return parts;
}

function live(list) {
  if (list.length === 0) return empty('No link is open.');
  if (list.length > MOST_CARDS) return liveTable(list);
  return list.map(one => {
    const other = (one.sentBytes || 0) - (one.sourceBytes || 0) - (one.repairBytes || 0);
    const kinds = [['source', one.sourceBytes || 0], ['repair', one.repairBytes || 0], ['other', other]];
    const sum = Math.max(1, one.sentBytes || 0);
    return el('article', {class: 'pass'},
      el('h3', {}, satellite(one.satellite), ' by ' + one.station),
      el('dl', {class: 'facts'}, [
        ['Opened', ago(one.since)],
        ['Rate', bits(one.bitsPerSecond)],
        ['Loss', one.sentSegments ? 'about ' + percent(one.lossEstimate) + (one.burstEstimate ? ', in runs of ' + number(Math.max(1, Math.round(one.burstEstimate))) + ' segments' : '') : 'not known'],
        ['Sent', bytes(one.sentBytes || 0) + ' in ' + number(one.sentSegments || 0) + ' segments'],
        ['Reports heard', number(one.receivedReports || 0)],
        ['Not believed', number(one.refusedSegments || 0)],
      ].map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value)))),
      bar(kinds, sum),
      el('ul', {class: 'kinds', 'aria-label': 'Bytes sent by kind'}, kinds.map(([kind, count]) => el('li', {class: kind}, kind + ' ' + bytes(count)))));
  });
}

/** Many passes in flight, in a line each. */
function liveTable(list) {
  const rate = list.reduce((sum, one) => sum + one.bitsPerSecond, 0);
  return [
    empty(number(list.length) + ' links are open; ' + bits(rate) + ' together' + (list.length > MOST_ROWS ? '; the first ' + MOST_ROWS + ':' : '')),
    table('Passes in flight', [['Satellite'], ['Station'], ['Opened', 'n'], ['Rate', 'n'], ['Sent', 'n'], ['Repair', 'n'], ['Reports', 'n'], ['Loss', 'n']],
      list.slice(0, MOST_ROWS).map(one => [satellite(one.satellite), one.station, ago(one.since), bits(one.bitsPerSecond), bytes(one.sentBytes || 0),
        bytes(one.repairBytes || 0), number(one.receivedReports || 0), one.sentSegments ? percent(one.lossEstimate) : ''])),
  ];
}

function bar(kinds, sum) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 100 1');
  svg.setAttribute('preserveAspectRatio', 'none');
  let x = 0;
  for (const [kind, count] of kinds) {
    const rect = document.createElementNS(space, 'rect');
    for (const [key, value] of Object.entries({class: kind, x, y: 0, width: 100 * count / sum, height: 1})) rect.setAttribute(key, value);
    x += 100 * count / sum;
    svg.append(rect);
  }
  return el('div', {class: 'bar', 'aria-hidden': 'true'}, svg);
}

function ended(list) {
  if (list.length === 0) return empty('No pass has ended since the server was started.');
  return table('Ended passes', [['Satellite'], ['Station'], ['Ended'], ['Why'], ['Sent', 'n'], ['Repair', 'n'], ['Reports', 'n'], ['Loss', 'n'], ['Left', 'n']],
    list.slice(0, 20).map(one => [satellite(one.satellite), one.station, when(one.end), one.ended, bytes(one.sentBytes), bytes(one.repairBytes),
      number(one.receivedReports), percent(one.lossEstimate), number(one.left.length)]));
}

function queue(said) {
  const frozen = said.frozen.map(name => el('p', {class: 'empty'}, el('span', {class: 'state wait'}, 'frozen'), ' No deployment goes up to ', satellite(name), '.'));
  if (said.deployments.length === 0) return [...frozen, empty('Nothing is queued.')];
  let before = null;
  const rows = said.deployments.slice(0, MOST_ROWS).map(one => {
    const ahead = before && before.satellite === one.satellite ? before : null;
    before = one;
    const path = '/api/satellites/' + encodeURIComponent(one.satellite) + '/';
    const name = 'deployment ' + one.deployment + ' of ' + one.satellite;
    return [
      el('span', {}, satellite(one.satellite), ' #' + one.deployment),
      target(one.targets[0]),
      state(one.state),
      progress(one),
      bytes(one.packBytes),
      one.priority ? number(one.priority) : '',
      one.deadline ? when(one.deadline) : '',
      el('span', {},
        ahead ? button('Earlier', 'Let ' + name + ' go up before ' + ahead.deployment, 'up ' + name,
          () => change(path + 'reorder', {deployment: one.deployment, before: ahead.deployment}, null, 'Deployment ' + one.deployment + ' goes up before ' + ahead.deployment + '.')) : '',
        ' ',
        button('Cancel', 'Cancel ' + name, 'cancel ' + name,
          () => change(path + 'cancel', {deployment: one.deployment}, 'Cancel ' + name + '?', 'Deployment ' + one.deployment + ' is cancelled.'))),
    ];
  });
  return [...frozen, table('Queue', [['Deployment'], ['Target'], ['State'], ['On board'], ['Size', 'n'], ['Priority', 'n'], ['Deadline'], ['', 'act']], rows),
    ...(said.deployments.length > MOST_ROWS ? [empty('and ' + number(said.deployments.length - MOST_ROWS) + ' more')] : [])];
}

function links(list) {
  if (list.length === 0) return empty('No link: narlink link add SAT --pipe URL.');
  const more = list.length > MOST_ROWS ? [empty('and ' + number(list.length - MOST_ROWS) + ' more: narlink link list')] : [];
  return [table('Links', [['Satellite'], ['Station'], ['State'], ['Pipe'], ['Rate', 'n'], ['Contact'], ['', 'act']], list.slice(0, MOST_ROWS).map(one => {
    const route = {satellite: one.satellite, station: one.station};
    const runs = 'closes' in one;
    const name = one.satellite + ' by ' + one.station;
    return [
      satellite(one.satellite), one.station,
      el('span', {}, state(one.state), one.reason ? el('span', {class: 'quiet'}, ' ' + one.reason) : ''),
      el('code', {}, one.pipe), bits(one.rate),
      runs ? (one.closes ? el('span', {}, 'closes in ', until(one.closes)) : 'always open') : (one.opens ? el('span', {}, 'opens in ', until(one.opens)) : 'none to come'),
      runs && one.closes
        ? button('End contact', 'End the contact of ' + name, 'end ' + name, () => change('/api/contacts/end', route, 'End the contact of ' + name + '?', 'The contact is over.'))
        : runs ? null : button('Begin contact', 'Begin a contact of ' + name, 'begin ' + name, () => change('/api/contacts/begin', route, null, 'The contact has begun; it ends after 15 minutes.')),
    ];
  })), ...more];
}

function contacts(list) {
  if (list.length === 0) return empty('No contact to come. A link of which no plan has told is always open.');
  return table('Contacts', [['Satellite'], ['Station'], ['Start'], ['End'], ['Rate', 'n'], ['Again', 'n']], list.slice(0, MOST_ROWS).map(one => [
    satellite(one.satellite), one.station, when(one.start), when(one.end), bits(one.rate), one.every ? 'every ' + span(one.every) : '']));
}

function mirror(said) {
  const path = '/api/satellites/' + encodeURIComponent(said.satellite) + '/';
  const counts = ['predicted', 'damaged', 'different'].filter(kind => said[kind + 'Paths']).map(kind => number(said[kind + 'Paths']) + ' ' + kind);
  return el('div', {class: 'body'}, el('dl', {class: 'facts'}, [
    ['Mirror', said.reportAge === null ? 'nothing was heard yet' : said.inSync ? el('span', {class: 'state good'}, 'in sync') : el('span', {}, el('span', {class: 'state wait'}, 'differs'), el('span', {class: 'quiet'}, ', the next pass asks'))],
    ['Paths acknowledged', number(said.acknowledgedPaths) + (counts.length ? ', ' + counts.join(', ') : '')],
    ['Last report', said.heard ? ago(said.heard) : el('span', {class: 'quiet'}, 'never')],
    ['Free on board', bytes(said.freeBytes) || 'not known'],
    ['System', said.system || 'not known'],
    ['Queue', said.frozen
      ? el('span', {}, el('span', {class: 'state wait'}, 'frozen'), ' ', button('Thaw', 'Thaw the queue', 'thaw', () => change(path + 'thaw', {}, null, 'The queue goes up again.')))
      : el('span', {}, 'goes up ', button('Freeze', 'Freeze the queue', 'freeze', () => change(path + 'freeze', {}, null, 'No deployment goes up until it is thawed.')))],
    ['Store digest', said.storeDigest ? el('code', {title: said.storeDigest}, said.storeDigest.slice(0, 16) + '…') : 'not known'],
    ['Flight key', el('code', {}, said.flightKey)],
  ].map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value)))));
}

function profiles(list) {
  if (list.length === 0) return empty('No profile was reported.');
  return table('Profiles', [['Profile'], ['Generation', 'n'], ['State'], ['Path'], ['Flake']], list.map(one => [
    one.name, number(one.generation), one.activation ? state(one.activation) : one.confirmed ? state('CONFIRMED') : el('span', {class: 'state wait'}, 'not confirmed'),
    target(one.path), one.flake ? el('code', {}, one.flake) : '']));
}

function deployments(list) {
  if (list.length === 0) return empty('Nothing was sent yet: narlink send ' + NAME + ' PATH.');
  const rows = [...list].reverse().slice(0, 50).map(one => {
    const path = '/api/satellites/' + encodeURIComponent(NAME) + '/';
    return [
      '#' + one.deployment,
      el('span', {}, target(one.targets[0]), one.profile ? el('span', {class: 'quiet'}, ' profile ' + one.profile) : ''),
      el('span', {}, state(one.state), one.reason ? el('span', {class: 'quiet'}, ' ' + one.reason) : ''),
      progress(one),
      number(one.pathsDone) + ' of ' + number(one.paths),
      bytes(one.packBytes),
      one.forecast ? el('span', {}, one.forecast.passes + (one.forecast.passes === 1 ? ' pass' : ' passes'), el('span', {class: 'quiet'}, ', in '), until(one.forecast.when)) : '',
      one.state === 'AWAITING_CONFIRMATION' ? button('Confirm', 'Confirm deployment ' + one.deployment, 'confirm ' + one.deployment,
        () => change(path + 'confirm', {deployment: one.deployment}, null, '')) : null,
    ];
  });
  return table('Deployments', [['Deployment'], ['Target'], ['State'], ['On board'], ['Paths', 'n'], ['Size', 'n'], ['Forecast'], ['', 'act']], rows);
}

function commands(list) {
  if (list.length === 0) return empty('No command was sent.');
  return table('Commands', [['Command'], ['What'], ['State'], ['Answer'], ['Sent']], [...list].reverse().slice(0, 20).map(one =>
    ['#' + one.command, one.what, state(one.state), one.answer, when(one.created)]));
}

const history = events => events.length === 0 ? empty('Nothing happened yet.')
  : el('ol', {class: 'log', tabindex: 0, 'aria-label': 'History, the newest first'}, [...events].reverse().slice(0, 200).map(one => el('li', {}, when(one.time), el('span', {}, one.what))));

// ---- Pages ----

const FLEET = [['live', 'Passes in flight'], ['fleet', 'Fleet'], ['queue', 'Queue'], ['links', 'Links'], ['contacts', 'Contact plan'], ['ended', 'Ended passes']];
const ONE = [['live', 'Pass in flight'], ['mirror', 'Mirror'], ['deployments', 'Deployments'], ['profiles', 'Profiles'], ['queue', 'Queue'], ['commands', 'Commands'], ['history', 'History']];

function lay() {
  const sections = NAME ? ONE : FLEET;
  document.title = (NAME ? NAME + ' · ' : '') + 'narlink';
  main.append(el('h1', {}, NAME || 'Fleet'));
  if (NAME) document.getElementById('sections').append(el('a', {href: '/'}, '← Fleet'));
  for (const [id, title] of sections) {
    const head = section(id, title);
    document.getElementById('sections').append(el('a', {href: '#' + id + '-title'}, title));
    if (id === 'fleet') {
      const field = el('input', {type: 'search', placeholder: 'Part of a name', 'aria-label': 'Show satellites with this in their name',
        oninput: event => { filter = event.target.value; shown.delete('fleet'); showFleet(); }});
      head.append(el('span', {class: 'quiet', id: 'fleet-count'}), el('span', {class: 'tools'}, field));
    }
  }
  for (const id of ['live', 'queue']) document.getElementById(id).setAttribute('aria-live', id === 'queue' ? 'polite' : 'off');
}

let satellites = [];

function showFleet() {
  document.getElementById('fleet-count').textContent = number(satellites.length) + (satellites.length === 1 ? ' satellite' : ' satellites');
  show('fleet', satellites.map(({reportAge, ...rest}) => rest), fleet);
}

async function refreshFleet(slow) {
  const passes = await ask('/api/passes');
  show('live', passes.live, live);
  show('ended', passes.ended, ended);
  if (!slow) return;
  const [all, waiting, pipes, plan] = await Promise.all([ask('/api/fleet'), ask('/api/queue'), ask('/api/links'), ask('/api/contacts')]);
  satellites = all.satellites;
  showFleet();
  show('queue', waiting, queue);
  show('links', pipes.links, links);
  show('contacts', plan.contacts, contacts);
}

async function refreshOne(slow) {
  const path = '/api/satellites/' + encodeURIComponent(NAME);
  const passes = await ask('/api/passes');
  show('live', passes.live.filter(one => one.satellite === NAME), live);
  if (!slow) return;
  const [said, waiting, log] = await Promise.all([ask(path), ask(path + '/queue'), ask(path + '/log')]);
  const {reportAge, profiles: generations, deployments: all, commands: sent, ...rest} = said;
  show('mirror', {...rest, reportAge: reportAge === null ? null : 0}, mirror);
  show('profiles', generations, profiles);
  show('deployments', all, deployments);
  show('queue', waiting, queue);
  show('commands', sent, commands);
  show('history', log.events, history);
}

/** Said once, not with every answer: it is read aloud. */
function freshness(text) {
  const place = document.getElementById('freshness');
  if (place.textContent !== text) place.textContent = text;
}

let round = 0;
let asking = false;

async function refresh(slow = true) {
  if (asking) return;
  asking = true;
  try {
    await (NAME ? refreshOne(slow) : refreshFleet(slow));
    if (document.getElementById('problem').dataset.from === 'refresh') problem('');
    document.getElementById('problem').dataset.from = '';
    freshness('Live');
  } catch (error) {
    problem(error instanceof TypeError ? 'The server does not answer; what is shown is old.' : error.message);
    document.getElementById('problem').dataset.from = 'refresh';
    freshness('Not live');
  } finally {
    asking = false;
  }
}

lay();
refresh();
setInterval(() => {
  age();
  if (!document.hidden) refresh(++round % 3 === 0);
}, 1000);
