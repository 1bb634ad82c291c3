// What runs in the JavaScript engine before the script: host objects as proxies, and the objects that JScript has beyond ECMAScript:
// ActiveXObject, Enumerator, VBArray. Values cross the border as JSON of [kind, value]; an object is a number.
// https://learn.microsoft.com/previous-versions/hbxc2t98(v=vs.85) (JScript Language Reference)

/** The functions of the host come as arguments; names of global objects as the last one. */
export const prelude = `(function (invokeHost, kindHost, elementsHost, createHost, nowHost, globals) {
  'use strict';
  var numberOf = new WeakMap(), proxies = new Map(), parse = JSON.parse, stringify = JSON.stringify;
  function SafeArray(cells) { this.cells = cells; }
  function encode(value) {
    switch (typeof value) {
      case 'undefined': return ['u'];
      case 'boolean': return ['b', value];
      case 'number': return value === value && Math.abs(value) !== Infinity ? ['d', value] : ['s', String(value)];
      case 'string': return ['s', value];
      case 'bigint': return ['d', Number(value)];
    }
    if (value === null) return ['n'];
    var id = numberOf.get(value);
    if (id !== undefined) return ['o', id];
    if (value instanceof Date) return ['t', value.getTime()];
    if (value instanceof SafeArray) return ['a', value.cells.map(encode)];
    if (value instanceof Number || value instanceof String || value instanceof Boolean) return encode(value.valueOf());
    if (Array.isArray(value)) return ['s', value.join(',')];
    return ['s', String(value)];
  }
  function decode(raw) {
    switch (raw[0]) {
      case 'u': return undefined;
      case 'n': return null;
      case 'o': return wrap(raw[1]);
      case 't': return new Date(raw[1]);
      case 'a': return new SafeArray(raw[1].map(decode));
      case 'e':
        var error = new Error(raw[2]);
        error.number = raw[1]; error.description = raw[2]; error.source = raw[3];
        throw error;
      default: return raw[1];
    }
  }
  function invoke(id, name, kind, args) {
    return decode(parse(invokeHost(id, name, kind, stringify(args.map(encode)))));
  }
  function wrap(id) {
    var known = proxies.get(id);
    if (known) return known;
    var kinds = Object.create(null), methods = Object.create(null);
    function kindOf(name) { return name in kinds ? kinds[name] : (kinds[name] = kindHost(id, name)); }
    function text() { return kindOf('') === 'property' ? invoke(id, '', 'get', []) : '[object]'; }
    var proxy = new Proxy(function () {}, {
      get: function (_, name) {
        if (name === Symbol.toPrimitive) return text;
        if (typeof name === 'symbol') return undefined;
        var kind = kindOf(name);
        if (kind === 'property') return invoke(id, name, 'get', []);
        if (kind === '') return name === 'toString' || name === 'valueOf' ? text : undefined;
        return methods[name] || (methods[name] = function () { return invoke(id, name, 'get', Array.prototype.slice.call(arguments)); });
      },
      set: function (_, name, value) { invoke(id, String(name), 'let', [value]); return true; },
      has: function (_, name) { return typeof name === 'string' && kindOf(name) !== ''; },
      apply: function (_, self, args) { return invoke(id, '', 'get', args); },
      getPrototypeOf: function () { return Object.prototype; },
      ownKeys: function () { return ['prototype']; },
      defineProperty: function () { return false; }, deleteProperty: function () { return false; }
    });
    numberOf.set(proxy, id); proxies.set(id, proxy);
    return proxy;
  }
  function call(object, name, args) {
    var id = object === null || object === undefined ? undefined : numberOf.get(Object(object));
    if (id !== undefined && kindHost(id, name) !== '') return invoke(id, name, 'get', args);
    if (typeof object[name] !== 'function') throw new TypeError("Object doesn't support this property or method: '" + name + "'");
    return Reflect.apply(object[name], object, args);
  }
  function put(object, name, args, value) {
    var id = object === null || object === undefined ? undefined : numberOf.get(Object(object));
    if (id === undefined) throw new ReferenceError('Cannot assign to a function result');
    invoke(id, name, 'let', args.concat([value]));
    return value;
  }
  function update(object, name, args, change, returnsOld) {
    var old = invoke(numberOf.get(Object(object)), name, 'get', args), fresh = change(old);
    put(object, name, args, fresh);
    return returnsOld ? +old : fresh;
  }
  function Enumerator(collection) {
    var id = collection === null || collection === undefined ? undefined : numberOf.get(Object(collection));
    var items = id !== undefined ? decode(parse(elementsHost(id))).cells : Array.isArray(collection) ? collection.slice() : [], at = 0;
    this.atEnd = function () { return at >= items.length; };
    this.item = function () { return items[at]; };
    this.moveNext = function () { at++; };
    this.moveFirst = function () { at = 0; };
  }
  function VBArray(array) {
    if (!(array instanceof SafeArray)) throw new TypeError('VBArray expected');
    this.toArray = function () { return array.cells.slice(); };
    this.getItem = function (index) { return array.cells[index]; };
    this.lbound = function () { return 0; };
    this.ubound = function () { return array.cells.length - 1; };
    this.dimensions = function () { return 1; };
  }
  function define(name, value) { Object.defineProperty(globalThis, name, { value: value, writable: true, configurable: true, enumerable: false }); }
  function create(name) { return decode(parse(createHost(String(name)))); }
  define('ActiveXObject', function ActiveXObject(name) { return create(name); });
  define('GetObject', function GetObject(name) { return create(name); });
  define('Enumerator', Enumerator); define('VBArray', VBArray);
  define('ScriptEngine', function () { return 'JScript'; });
  define('ScriptEngineMajorVersion', function () { return 5; });
  define('ScriptEngineMinorVersion', function () { return 8; });
  define('ScriptEngineBuildVersion', function () { return 16384; });
  define('CollectGarbage', function () {});
  /* Error(number, description), and numbers of the errors that the language raises itself. */
  var RealError = Error, numbers = { ReferenceError: 5009, TypeError: 5007, RangeError: 5029, SyntaxError: 1002, URIError: 5024 };
  function HostError(first, second) {
    var numbered = typeof first === 'number' && arguments.length > 1;
    var error = Reflect.construct(RealError, arguments.length === 0 ? [] : [numbered ? second : first], new.target || HostError);
    if (numbered) error.number = first;
    return error;
  }
  HostError.prototype = RealError.prototype;
  Object.defineProperty(RealError.prototype, 'constructor', { value: HostError, writable: true, configurable: true, enumerable: false });
  Object.defineProperty(RealError.prototype, 'number', {
    get: function () { return numbers[this.name] ? (0x800a0000 | (/^Object doesn't support/.test(this.message) ? 438 : numbers[this.name])) | 0 : 0; },
    set: function (value) { Object.defineProperty(this, 'number', { value: value, writable: true, configurable: true, enumerable: true }); }, configurable: true, enumerable: false
  });
  define('Error', HostError);
  /* What the last match was, on the constructor. */
  var exec = RegExp.prototype.exec, last = null;
  Object.defineProperty(RegExp.prototype, 'exec', { value: function (text) { var match = exec.call(this, text); if (match) last = match; return match; }, writable: true, configurable: true, enumerable: false });
  function matched(names, read) { names.forEach(function (name) { Object.defineProperty(RegExp, name, { get: function () { return last ? read(last) : ''; }, set: function () {}, configurable: true, enumerable: false }); }); }
  [1, 2, 3, 4, 5, 6, 7, 8, 9].forEach(function (at) { matched(['$' + at], function (match) { return match[at] === undefined ? '' : match[at]; }); });
  matched(['lastMatch', '$&'], function (match) { return match[0]; });
  matched(['input', '$_'], function (match) { return match.input; });
  matched(['leftContext', '$\`'], function (match) { return match.input.slice(0, match.index); });
  matched(['rightContext', "$'"], function (match) { return match.input.slice(match.index + match[0].length); });
  matched(['lastParen', '$+'], function (match) { return match.length > 1 && match[match.length - 1] !== undefined ? match[match.length - 1] : ''; });
  Object.defineProperty(Date.prototype, 'getVarDate', { value: function () { return this; }, writable: true, configurable: true, enumerable: false });
  var describe = { get: function () { return this.message; }, set: function (text) { this.message = text; }, configurable: true, enumerable: false };
  Object.defineProperty(Error.prototype, 'description', describe);
  define('__msikit', Object.freeze({ call: call, put: put, update: update, encode: function (value) { return stringify(encode(value)); } }));
  /* The clock is the host's, and chance begins with it: a script that is run again sees the same. */
  var RealDate = Date, state = 0;
  function now() { return decode(parse(nowHost())); }
  function HostDate() {
    if (!new.target) return new RealDate(now()).toString();
    return Reflect.construct(RealDate, arguments.length === 0 ? [now()] : arguments, new.target);
  }
  HostDate.prototype = RealDate.prototype; HostDate.UTC = RealDate.UTC; HostDate.parse = RealDate.parse; HostDate.now = now;
  Object.defineProperty(RealDate.prototype, 'constructor', { value: HostDate, writable: true, configurable: true, enumerable: false });
  define('Date', HostDate);
  Math.random = function () {
    if (state === 0) state = (now() >>> 0) || 1;
    state = (state + 0x6d2b79f5) | 0;
    var mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  JSON.parse(globals).forEach(function (one) { define(one[0], wrap(one[1])); });
})`
