#include "constructs.hpp"

#include <algorithm>
#include <iterator>

namespace cachetool::test {
namespace {

constexpr int php_80 = 80000;
constexpr int php_81 = 80100;
constexpr int php_82 = 80200;
constexpr int php_83 = 80300;
constexpr int php_84 = 80400;

std::vector<construct> used_above() {
  return {
      {"a static call above its class", "<?php echo C{n}::f(); class C{n} { static function f() { return '{v}'; } }"},
      {"a constant above its class", "<?php echo C{n}::A; class C{n} { const A = '{v}'; }"},
      {"an object above its class", "<?php echo (new C{n})->f(); class C{n} { function f() { return '{v}'; } }"},
      {"class_exists above its class", "<?php echo class_exists('C{n}', false) ? 'y' : 'n', '{v}'; class C{n} {}"},
      {"class_alias above its class",
       "<?php class_alias('C{n}', 'D{n}'); echo D{n}::f(); class C{n} { static function f() { return '{v}'; } }"},
      {"an autoloader above its class",
       "<?php spl_autoload_register(array(new C{n}, 'load')); echo '{v}'; class C{n} { function load($c) {} }"},
      {"a static property above its class", "<?php C{n}::$p .= '{v}'; echo C{n}::$p; class C{n} { static $p = 'x'; }"},
      {"instanceof above its class", "<?php $o = new C{n}; echo $o instanceof C{n}, '{v}'; class C{n} {}"},
      {"an interface above its declaration", "<?php echo I{n}::A; interface I{n} { const A = '{v}'; }"},
      {"a trait above its declaration",
       "<?php class C{n} { use T{n}; } echo C{n}::f(); trait T{n} { static function f() { return '{v}'; } }"},
      {"a class that uses a trait, used above",
       "<?php trait T{n} { static function f() { return '{v}'; } } echo C{n}::f(); class C{n} { use T{n}; }"},
      {"a child above its parent",
       "<?php class D{n} extends C{n} {} echo D{n}::f(); class C{n} { static function f() { return '{v}'; } }"},
      {"a child used above both",
       "<?php echo class_exists('D{n}') ? D{n}::f() : 'n{v}'; class C{n} { static function f() { return '{v}'; } } "
       "class D{n} extends C{n} {}"},
      {"use in a namespace", "<?php namespace N{n}; echo C::f(); class C { static function f() { return '{v}'; } }"},
      {"use in a namespace with a block",
       "<?php namespace N{n} { echo C::f(); class C { static function f() { return '{v}'; } } }"},
      {"use in another namespace of the file",
       "<?php namespace N{n}; echo \\M{n}\\C::f(); namespace M{n}; class C { static function f() { return '{v}'; } }"},
      {"inline HTML above a use", "<b>{v}</b><?php echo C{n}::f(); class C{n} { static function f() { return 'c'; } }"},
      {"inline HTML alone above a class", "<b>{v}</b>\n<?php class C{n} { static function f() { return 'c{v}'; } }",
       "echo C{n}::f();"},
      {"an echo tag above a class", "<?= C{n}::A ?><?php class C{n} { const A = '{v}'; }"},
      {"use in a function that is called above",
       "<?php f{n}(); function f{n}() { echo C{n}::A; } class C{n} { const A = '{v}'; }"},
      {"a constant of a constant above", "<?php const K{n} = C{n}::A; echo K{n}; class C{n} { const A = '{v}'; }"},
      {"define above its class", "<?php define('K{n}', C{n}::A); echo K{n}; class C{n} { const A = '{v}'; }"},
      {"an early return for a class that is there",
       "<?php if (class_exists('C{n}', false)) { echo 'r{v}'; return; } class C{n} {} echo 'd{v}';"},
      {"return above a class", "<?php return C{n}::f(); class C{n} { static function f() { echo '{v}'; return 1; } }"},
      {"a guard that returns", "<?php if (!defined('NO{n}')) return; class C{n} { const A = '{v}'; }",
       "echo class_exists('C{n}', false) ? C{n}::A : 'n{v}';"},
      {"two classes, the first used above the second",
       "<?php class A{n} { const X = '{v}'; } echo A{n}::X, B{n}::X; class B{n} { const X = 'b{v}'; }"},
      {"a callable array above",
       "<?php echo call_user_func(array('C{n}', 'f')); class C{n} { static function f() { return '{v}'; } }"},
      {"a shutdown function above",
       "<?php register_shutdown_function(array('C{n}', 'f')); class C{n} { static function f() { echo '{v}'; } }"},
      {"a generator above its class",
       "<?php foreach (C{n}::g() as $x) echo $x; class C{n} { static function g() { yield '{v}'; } }"},
      {"ticks above a class", "<?php declare(ticks=1); echo C{n}::A; class C{n} { const A = '{v}'; }"},
      {"a static closure above its class",
       "<?php $f = static function () { return C{n}::A; }; echo $f(); class C{n} { const A = '{v}'; }"},
      {"goto over a class",
       "<?php goto end; class C{n} { const A = '{v}'; } end: echo class_exists('C{n}', false) ? 'y{v}' : 'n{v}';"},
  };
}

std::vector<construct> declared_first() {
  return {
      {"a plain page", "<?php echo '{v}';"},
      {"a class and its use below", "<?php class C{n} { const A = '{v}'; } echo C{n}::A;"},
      {"a class alone", "<?php class C{n} { const A = '{v}'; }", "echo C{n}::A;"},
      {"a class behind a guard", "<?php if ( ! defined( 'YES' ) ) { exit; } class C{n} { const A = '{v}'; }",
       "echo C{n}::A;"},
      {"a class behind a short guard", "<?php defined('YES') || die('no'); class C{n} { const A = '{v}'; }",
       "echo C{n}::A;"},
      {"parent and child in order",
       "<?php class A{n} { static function f() { return '{v}'; } } class B{n} extends A{n} {} echo B{n}::f();"},
      {"a child of a class of PHP's", "<?php class E{n} extends \\Exception {} echo get_class(new E{n}), '{v}';"},
      {"an interface and a class of it",
       "<?php interface I{n} { const A = '{v}'; } class C{n} implements I{n} {} echo C{n}::A;"},
      {"a class of an interface below",
       "<?php class C{n} implements I{n} {} interface I{n} { const A = '{v}'; } echo C{n}::A;"},
      {"a function used above", "<?php echo f{n}(); function f{n}() { return '{v}'; }"},
      {"a function with a reference", "<?php function &f{n}(&$x) { $x .= '{v}'; return $x; } $y = 'y'; echo f{n}($y);"},
      {"conditional declarations",
       "<?php if (true) { class C{n} { const A = '{v}'; } function f{n}() { return 'f{v}'; } } echo C{n}::A, f{n}();"},
      {"a declaration behind class_exists",
       "<?php if (!class_exists('C{n}')) { class C{n} { const A = '{v}'; } } echo C{n}::A;"},
      {"a declaration behind class_exists with a colon",
       "<?php if (!class_exists('C{n}')): class C{n} { const A = '{v}'; } endif; echo C{n}::A;"},
      {"a class in a function", "<?php function f{n}() { class C{n} { const A = '{v}'; } } f{n}(); echo C{n}::A;"},
      {"an anonymous class", "<?php $o = new class { public $p = '{v}'; }; echo $o->p;"},
      {"an anonymous class above a class",
       "<?php echo (new class extends C{n} {})->p; class C{n} { public $p = '{v}'; }"},
      {"an anonymous class that is returned", "<?php return new class { function f() { return '{v}'; } };",
       "echo $value->f();"},
      {"a file that returns a closure", "<?php return function () { return '{v}'; };", "echo $value();"},
      {"a file that returns names of classes", "<?php return array(C{n}::class , 'x' => D{n}::class, '{v}');",
       "echo implode(',', $value);"},
      {"data behind the code",
       "<?php class C{n} { const A = '{v}'; } echo C{n}::A; __halt_compiler(); class D{n} {} data {v}"},
      {"strict types", "<?php declare(strict_types=1); namespace N{n}; final class C { const A = '{v}'; } echo C::A;"},
      {"several namespaces",
       "<?php namespace N{n} { class C { const A = '{v}'; } function f() { return 'f{v}'; } } namespace { echo "
       "\\N{n}\\C::A, \\N{n}\\f(); }"},
      {"imports",
       "<?php namespace N{n}; use Foo\\{Bar, Baz}; use function strlen as l; class C { const A = '{v}'; } echo C::A, "
       "l('abc');"},
      {"a constant in a namespace", "<?php namespace N{n}; const K = '{v}'; echo K, \\N{n}\\K;"},
      {"strings with braces",
       "<?php class C{n} { function f($a) { return \"{$a['x']} ${a}['y'] {v}\"; } } echo strlen((new C{n})->f(['x' => "
       "1]) ?: '');"},
      {"a heredoc with the word class",
       "<?php class C{n} { function f() { return <<<X\n} class D { {v}\nX;\n} } echo (new C{n})->f();"},
      {"a comment with the word class",
       "<?php // class X { \n/* class Y { */ # class Z\nclass C{n} { const A = '{v}'; } echo C{n}::A;"},
      {"static variables in methods",
       "<?php class C{n} { static function f() { static $n = 0; return ++$n . '{v}'; } } echo C{n}::f(), C{n}::f();"},
      {"abstract and final",
       "<?php abstract class A{n} { abstract function f(); } final class B{n} extends A{n} { function f() { return "
       "'{v}'; } } "
       "echo (new B{n})->f();"},
      {"traits in order",
       "<?php trait T{n} { function f() { return '{v}'; } } trait U{n} { use T{n}; } class C{n} { use U{n} { f as g; } "
       "} echo "
       "(new C{n})->g();"},
      {"a constant that names another class",
       "<?php class A{n} { const X = B{n}::Y . '{v}'; } class B{n} { const Y = 'y'; } echo A{n}::X;"},
      {"a default that names another class",
       "<?php class A{n} { public $p = B{n}::Y; } class B{n} { const Y = '{v}'; } echo (new A{n})->p;"},
      {"a name that other files declare too", "<?php class Same { static function f() { return '{v}{n}'; } }",
       "echo Same::f();"},
      {"the same name again", "<?php class Same { static function f() { return '{v}{n}'; } static function g() {} }",
       "echo Same::f();"},
      {"a child of the name that others declare",
       "<?php class Base { const A = '{v}{n}'; } class Child extends Base {}", "echo Child::A;"},
      {"a child alone of that name", "<?php class Child extends Base { const B = '{v}'; }",
       "echo 1;  // never run without Base"},
      {"a function that others declare too", "<?php function same() { return '{v}{n}'; }", "echo same();"},
      {"the same function again", "<?php function same() { return '{v}{n}b'; }", "echo same();"},
      {"a parent that is loaded by an autoloader, and a class that it needs",
       "<?php class C{n} extends P{n} {} class B{n} { const A = '{v}'; }", "echo B{n}::A, C{n}::P;"},
      {"two children of a class that is loaded",
       "<?php class C{n} extends P{n} { const A = '{v}'; } class B{n} extends P{n} {}", "echo C{n}::A, B{n}::P;"},
      {"children of two classes, one of which is loaded",
       "<?php class C{n} extends P{n} { const A = '{v}'; } class B{n} extends \\ArrayObject {}", "echo C{n}::A;"},
      {"a grandchild of a class that is loaded",
       "<?php class C{n} extends P{n} { const A = '{v}'; } class B{n} extends C{n} {}", "echo B{n}::A;"},
  };
}

std::vector<construct> of_newer_php() {
  return {
      {"an enum and its use", "<?php enum E{n}: string { case A = '{v}'; } echo E{n}::A->value;", "", php_81},
      {"an enum used above", "<?php echo E{n}::A->value; enum E{n}: string { case A = '{v}'; }", "", php_81},
      {"a plain enum used above", "<?php echo E{n}::A->name, '{v}'; enum E{n} { case A; }", "", php_81},
      {"an enum alone", "<?php enum E{n}: string { case A = '{v}'; const B = self::A; }", "echo E{n}::B->value;",
       php_81},
      {"an enum with an interface",
       "<?php interface I{n} { function f(); } enum E{n} implements I{n} { case A; function f() { return '{v}'; } } "
       "echo "
       "E{n}::A->f();",
       "", php_81},
      {"attributes",
       "<?php #[Attribute(Attribute::TARGET_CLASS)] class A{n} { function __construct(public $x = [1, 2]) {} } "
       "#[A{n}([1, 2])] "
       "class B{n} { const X = '{v}'; } echo B{n}::X;",
       "", php_80},
      {"an attribute above its class",
       "<?php #[A{n}('{v}')] class B{n} {} echo (new ReflectionClass('B{n}'))->getAttributes()[0]->newInstance()->x; "
       "#[Attribute] class A{n} { function __construct(public $x) {} }",
       "", php_80},
      {"promoted properties", "<?php class C{n} { function __construct(public string $p = '{v}') {} }",
       "echo (new C{n})->p;", php_80},
      {"match above a class", "<?php echo match (true) { default => C{n}::A }; class C{n} { const A = '{v}'; }", "",
       php_80},
      {"a first-class callable above",
       "<?php $f = C{n}::f(...); echo $f(); class C{n} { static function f() { return '{v}'; } }", "", php_81},
      {"new in an initializer",
       "<?php class A{n} { public $v = '{v}'; } class B{n} { function __construct(public $a = new A{n}) {} } echo (new "
       "B{n})->a->v;",
       "", php_81},
      {"a readonly class",
       "<?php readonly class C{n} { public function __construct(public string $p) {} } echo (new C{n}('{v}'))->p;", "",
       php_82},
      {"a readonly class above",
       "<?php echo (new C{n}('{v}'))->p; final readonly class C{n} { function __construct(public string $p) {} }", "",
       php_82},
      {"typed constants", "<?php interface I{n} { const string A = '{v}'; } echo I{n}::A;", "", php_83},
      {"property hooks", "<?php class C{n} { public string $p { get => 'h{v}'; } } echo (new C{n})->p;", "", php_84},
      {"property hooks above their class",
       "<?php echo (new C{n})->p; class C{n} { public string $p { get { return 'h{v}'; } } }", "", php_84},
      {"an interface with a property",
       "<?php interface I{n} { public string $p { get; } } class C{n} implements I{n} { public string $p = '{v}'; } "
       "echo (new "
       "C{n})->p;",
       "", php_84},
  };
}

std::string long_array() {
  std::string text = "$long = [";
  for (int i = 0; i < 20000; ++i) text += "'key" + std::to_string(i) + "' => " + std::to_string(i) + ",\n";
  return text + "];";
}

// As frameworks, plugins and generators write.
std::vector<construct> of_the_field() {
  return {
      {"a class in bare braces, used above", "<?php echo C{n}::A; { class C{n} { const A = '{v}'; } }"},
      {"a class in bare braces behind a condition",
       "<?php if (defined('YES')) { echo C{n}::A; } { { class C{n} { const A = '{v}'; } } }"},
      {"a class in braces behind a label", "<?php goto on; on: { echo C{n}::A; class C{n} { const A = '{v}'; } }"},
      {"a class in braces of a namespace", "<?php namespace N{n} { { echo C::A; class C { const A = '{v}'; } } }"},
      {"a class in bare braces and nothing else", "<?php { class C{n} { const A = '{v}'; } }", "echo C{n}::A;"},
      {"ticks in a block around a class", "<?php declare(ticks=1) { class C{n} { const A = '{v}'; } echo C{n}::A; }"},
      {"a declare that runs, below a class",
       "<?php class C{n} { const A = '{v}'; } declare(ticks=1) define('RAN{n}', '{v}');", "echo C{n}::A, RAN{n};"},
      {"a parameter's type is declared below",
       "<?php class A{n} { function f(E{n} $x) {} } class B{n} extends A{n} { function f(D{n} $x) { return '{v}'; } } "
       "class D{n} {} class E{n} extends D{n} {} echo (new B{n})->f(new E{n});"},
      {"a parameter's type is declared below, and nothing runs",
       "<?php class A{n} { function f(E{n} $x) {} } class B{n} extends A{n} { function f(D{n} $x) { return '{v}'; } } "
       "class D{n} {} class E{n} extends D{n} {}",
       "echo (new B{n})->f(new E{n});"},
      {"a result's type is declared below",
       "<?php class A{n} { function f(): D{n} {} } class B{n} extends A{n} { function f(): E{n} { return new E{n}; } } "
       "class D{n} { public $p = '{v}'; } class E{n} extends D{n} {}",
       "echo (new B{n})->f()->p;", 70400},
      {"the types of an interface are declared below",
       "<?php interface I{n} { function f(E{n} $x); } class B{n} implements I{n} { function f(D{n} $x) { return "
       "'{v}'; } } class D{n} {} class E{n} extends D{n} {}",
       "echo (new B{n})->f(new E{n});"},
      {"the types of a trait are declared below",
       "<?php trait T{n} { abstract function f(E{n} $x); } class B{n} { use T{n}; function f(D{n} $x) { return "
       "'{v}'; } } class D{n} {} class E{n} extends D{n} {}",
       "echo (new B{n})->f(new E{n});"},
      {"an interceptor that calls its parent",
       "<?php namespace Generated{n}; interface I { function ___callParent($m, array $a); } trait T { function "
       "___callParent($m, array $a) { return parent::$m(...$a); } } class Subject { function get($x) { return $x . "
       "'{v}'; } } class Interceptor extends Subject implements I { use T; function get($x) { return "
       "$this->___callParent('get', func_get_args()); } }",
       "echo (new Generated{n}\\Interceptor)->get('i');"},
      {"a factory that names its class",
       "<?php namespace Generated{n}; class Factory { protected $name; function __construct($name = "
       "'\\\\Generated{n}\\\\Made') { $this->name = $name; } function create() { return new $this->name; } } class "
       "Made { public $p = '{v}'; }",
       "echo (new Generated{n}\\Factory)->create()->p;"},
      {"a proxy of a class below",
       "<?php namespace Generated{n}; class Proxy extends Subject implements NonInterface {} class Subject { const A = "
       "'{v}'; } interface NonInterface {}",
       "echo Generated{n}\\Proxy::A;"},
      {"a plugin that leaves when it is there already",
       "<?php if (class_exists('C{n}')) { return; } class C{n} { static function init() { echo '{v}'; } } "
       "C{n}::init();"},
      {"a plugin with a function behind a condition",
       "<?php if (!function_exists('f{n}')) { function f{n}() { return C{n}::A; } } echo f{n}(); class C{n} { const A "
       "= '{v}'; }"},
      {"a plugin with hooks above its class",
       "<?php register_shutdown_function('C{n}::bye'); if (!defined('YES')) exit; class C{n} { static function bye() { "
       "echo '{v}'; } }"},
      {"a plugin that exits behind its class",
       "<?php defined('YES') or exit('no'); final class C{n} { const A = '{v}'; } if (C{n}::A === '{v}') { return; } "
       "class Never{n} {}",
       "echo C{n}::A, class_exists('Never{n}', false) ? 'y' : 'n';"},
      {"a child behind a return", "<?php class A{n} { const A = '{v}'; } return; class B{n} extends A{n} {}",
       "echo class_exists('B{n}', false) ? 'y' : 'n', A{n}::A;"},
      {"a class behind a return, and nothing else", "<?php return; class C{n} { const A = '{v}'; }", "echo C{n}::A;"},
      {"a template with a class behind it",
       "<?php if (defined('YES')): ?>\n<b><?= C{n}::A ?></b>\n<?php endif ?>\n<?php class C{n} { const A = '{v}'; }"},
      {"a class in a condition with a colon, and its else",
       "<?php if (defined('NO')): class C{n} { const A = 'no'; } else: class C{n} { const A = '{v}'; } endif; echo "
       "C{n}::A;"},
      {"a class in a switch", "<?php switch (1) { case 1: class C{n} { const A = '{v}'; } } echo C{n}::A;"},
      {"a class in a loop and in a try",
       "<?php do { class C{n} { const A = '{v}'; } } while (0); try { class D{n} extends C{n} {} } finally { echo "
       "D{n}::A; }"},
      {"a container of closures",
       "<?php namespace Box{n}; return new class { private $m; function __construct() { $this->m = ['a' => static "
       "function () { return new Service; }]; } function get($n) { return ($this->m[$n])()->p; } }; class Service { "
       "public $p = '{v}'; }",
       "echo $value->get('a');"},
      {"a container that is declared and returned",
       "<?php namespace Box{n}; if (\\class_exists(Box::class, false)) { return new Box; } class Box { private $m = "
       "['a' => 'getA']; function get($n) { return $this->{$this->m[$n]}(); } protected function getA() { return "
       "'{v}'; } } return new Box;",
       "echo $value->get('a');"},
      {"a container's preloader",
       "<?php return ['a' => static function ($c) { return C{n}::f(); }]; class C{n} { static function f() { return "
       "'{v}'; } }",
       "echo $value['a'](1);"},
      {"an anonymous class of an interface below",
       "<?php $o = new class(1) implements I{n} { function __construct($x) {} }; echo $o::A; interface I{n} { const A "
       "= '{v}'; }"},
      {"autoload_real",
       "<?php class Init{n} { private static $l; static function getLoader() { if (null !== self::$l) "
       "{ return self::$l; } spl_autoload_register(array('Init{n}', 'load'), true, true); return "
       "self::$l = new \\ArrayObject(['{v}']); } static function load($c) {} }",
       "echo Init{n}::getLoader()[0];"},
      {"a loader with a bound closure below its class",
       "<?php namespace Load{n}; class Loader { private static $f; private $p = '{v}'; static function init() { "
       "self::$f = \\Closure::bind(static function (Loader $l) { return $l->p; }, null, self::class); } function get() "
       "{ return (self::$f)($this); } } Loader::init();",
       "echo (new Load{n}\\Loader)->get();"},
      {"two namespaces with blocks, the first uses the second",
       "<?php namespace A{n} { echo \\B{n}\\C::A; class C extends \\B{n}\\C {} } namespace B{n} { class C { const A = "
       "'{v}'; } } namespace { echo A{n}\\C::A; }"},
      {"two namespaces with blocks, nothing runs",
       "<?php namespace A{n} { class C extends \\B{n}\\C {} } namespace B{n} { class C { const A = '{v}'; } }",
       "echo A{n}\\C::A;"},
      {"an import that looks like the file's own class",
       "<?php namespace A{n}; class Base { const A = 'own'; } use \\ArrayObject as Other; class C extends Other {} "
       "class D { const A = '{v}'; }",
       "echo A{n}\\D::A, count(new A{n}\\C);"},
      {"namespace in an expression",
       "<?php namespace A{n}; echo namespace\\f(); function f() { return C::A; } class C { const A = '{v}'; }"},
      {"a heredoc with braces in a class",
       "<?php class C{n} { public $x = 'x'; function f() { return <<<T\n{$this->x} } ${x} { class D {\nT;\n} } echo "
       "class_exists('C{n}') ? '{v}' : 'n';"},
      {"a nowdoc with a class above a class",
       "<?php echo <<<'T'\n<?php class C{n} { {$x}\nT;\necho C{n}::A; class C{n} { const A = '{v}'; }"},
      {"an offset behind the code",
       "<?php class C{n} { static function data() { return substr(file_get_contents(__FILE__), "
       "__COMPILER_HALT_OFFSET__); } } __halt_compiler();data {v}",
       "echo C{n}::data();"},
      {"an offset, used above",
       "<?php echo substr(file_get_contents(__FILE__), __COMPILER_HALT_OFFSET__); __halt_compiler();data {v}"},
      {"a byte order mark above a class", "\xef\xbb\xbf<?php echo C{n}::A; class C{n} { const A = '{v}'; }"},
      {"a byte order mark and a class", "\xef\xbb\xbf<?php class C{n} { const A = '{v}'; }", "echo C{n}::A;"},
      {"ends of lines as on Windows",
       "<?php\r\nnamespace A{n};\r\n\r\nclass C\r\n{\r\n  const A = '{v}';\r\n}\r\necho C::A;\r\n"},
      {"ends of lines as on old Macs",
       "<?php\rclass C{n}\r{\r  const A = '{v}';\r}\recho C{n}::A; // x\rclass D{n} {}"},
      {"a short tag", "<? echo C{n}::A; class C{n} { const A = '{v}'; } ?>{v}"},
      {"a short tag above a long one", "<? echo 'on'; ?>{v}<?php class C{n} { const A = '{v}'; } echo C{n}::A;"},
      {"a line for the shell", "#!/usr/bin/env php\n<?php echo C{n}::A; class C{n} { const A = '{v}'; }"},
      {"an alias below its class",
       "<?php class C{n} { const A = '{v}'; } class_alias('C{n}', 'D{n}'); class E{n} extends D{n} {} echo E{n}::A;"},
      {"an alias of a class below, and its child",
       "<?php class_alias('C{n}', 'D{n}'); class E{n} extends D{n} {} echo E{n}::A; class C{n} { const A = '{v}'; }"},
      {"a class that is a string", "<?php class C{n} { function __toString() { return '{v}'; } }", "echo new C{n};"},
      {"a class that is a string, used above",
       "<?php echo class_exists('C{n}', false) ? 'y' : 'n', '{v}'; class C{n} { function __toString() { return ''; } "
       "}"},
      {"a class of another file's name in its constants", "<?php class Konst { const A = '{v}{n}'; }",
       "echo Konst::A;"},
      {"a use of a constant that another file of the batch declares",
       "<?php function k{n}() { return Konst::A . '{v}'; }",
       "eval('class Konst { const A = \"page\"; }'); echo k{n}();"},
      {"a child of a class that another file of the batch declares",
       "<?php class KonstChild{n} extends Konst { const B = parent::A . '{v}'; }", "echo 1;  // see the next"},
      {"a function behind a condition that another file declares too",
       "<?php if (!function_exists('shared_f')) { function shared_f() { return '{v}{n}'; } } echo shared_f();"},
      {"the function of the file before, without a condition",
       "<?php echo shared_f(); function shared_f() { return '{v}{n}'; }"},
      {"an interface that another file declares too", "<?php interface SameI { const A = '{v}{n}'; }",
       "echo SameI::A;"},
      {"a class of that interface's name", "<?php class SameI { const A = '{v}{n}'; }", "echo SameI::A;"},
      {"a trait of that name", "<?php trait SameI { static $a = '{v}{n}'; } class UseI{n} { use SameI; }",
       "echo UseI{n}::$a;"},
      {"a name in capitals",
       "<?php CLASS C{n} { CONST A = '{v}'; } FINAL CLASS D{n} EXTENDS c{n} {} ECHO d{n}::A; ABSTRACT CLASS E{n} {}"},
      {"a name with bytes beyond ASCII", "<?php echo \xc3\x84{n}::A; class \xc3\x84{n} { const A = '{v}'; }"},
      {"comments between the words",
       "<?php class/* { */C{n}// {\n{ const A = '{v}'; } class#{\nD{n}/**/extends/* x */C{n} {} echo D{n}::A;"},
      {"a variable's name in braces above a class",
       "<?php $x = 'y'; ${'z'} = C{n}::A; echo $z, \"{${'z'}}\"; class C{n} { const A = '{v}'; }"},
      {"code behind the last class", "<?php class C{n} { const A = '{v}'; } $x = new C{n}; echo $x::A; unset($x)?>"},
      {"a handler above its class",
       "<?php set_error_handler(['C{n}', 'on']); echo $none; restore_error_handler(); class C{n} { static function "
       "on() { echo '{v}'; return true; } }"},
      {"a destructor above its class",
       "<?php (function () { $o = new C{n}; })(); class C{n} { function __destruct() { echo '{v}'; } }"},
      {"unserialize above its class",
       "<?php echo unserialize('O:' . strlen('C{n}') . ':\"C{n}\":0:{}')->p; class C{n} { public $p = '{v}'; }"},
      {"a file that includes itself",
       "<?php if (!defined('IN{n}')) { define('IN{n}', 1); echo include __FILE__; return; } if "
       "(!class_exists('C{n}', false)) { class C{n} { const A = '{v}'; } } return C{n}::A;"},
      {"a long file", "<?php " + long_array() + " class C{n} { const A = '{v}'; } echo C{n}::A, count($long);"},
      {"a long file that uses its class above",
       "<?php echo C{n}::A; " + long_array() + " class C{n} { const A = '{v}'; } echo count($long);"},
  };
}

std::vector<construct> of_newest_php() {
  return {
      {"an enum whose constants are expressions",
       "<?php enum E{n}: string { const P = 'p' . B{n}::V; case A = self::P . '{v}'; } class B{n} { const V = 'b'; }",
       "echo E{n}::A->value;", php_82},
      {"an enum above its interface", "<?php enum E{n} implements I{n} { case A; } interface I{n} { const V = '{v}'; }",
       "echo E{n}::V;", php_81},
      {"an enum with a trait below",
       "<?php enum E{n} { use T{n}; case A; } trait T{n} { function f() { return '{v}'; } }", "echo E{n}::A->f();",
       php_81},
      {"attributes over several lines",
       "<?php\n#[Attribute(\n  Attribute::TARGET_CLASS\n  | Attribute::IS_REPEATABLE,\n)]\n#[A{n}(['{', ']' => "
       "[1]])]\nclass A{n} { const V = '{v}'; function __construct() {} }\n#[A{n}([])] function f{n}(#[A{n}] $x) {}",
       "echo A{n}::V;", php_80},
      {"an attribute in one line with a class, for PHP 7 a comment",
       "<?php #[A{n}] class Hidden{n} {}\nclass C{n} { const A = '{v}'; }",
       "echo C{n}::A, class_exists('Hidden{n}', false) ? 'y' : 'n';"},
      {"new in a constant of a function",
       "<?php function f{n}($x = new C{n}) { return $x->p; } echo f{n}(); class C{n} { public $p = '{v}'; }", "",
       php_81},
      {"new in a global constant", "<?php const K{n} = new C{n}; echo K{n}->p; class C{n} { public $p = '{v}'; }", "",
       php_81},
      {"new in a static variable",
       "<?php function f{n}() { static $s = new C{n}; return $s->p; } class C{n} { public $p = '{v}'; }",
       "echo f{n}();", php_81},
      {"a first-class callable in a static variable",
       "<?php class C{n} { static function f() { static $s; $s = $s ?: strrev(...); return $s('{v}x'); } }",
       "echo C{n}::f();", php_83},
      {"a readonly anonymous class above a class",
       "<?php $o = new readonly class('{v}') extends C{n} {}; echo $o->p; readonly class C{n} { function "
       "__construct(public string $p) {} }",
       "", php_83},
      {"an anonymous class with an attribute above a class",
       "<?php $o = new #[A{n}] class extends C{n} {}; echo $o->p; class C{n} { public $p = '{v}'; }", "", php_80},
      {"the readonly words in any order",
       "<?php final readonly class C{n} { public function __construct(public string $p) {} } abstract readonly class "
       "D{n} {} readonly class E{n} extends D{n} {}",
       "echo (new C{n}('{v}'))->p;", php_82},
      {"types of constants and properties below",
       "<?php class A{n} { public ?B{n} $b = null; const ?array X = ['{v}']; } class B{n} {}", "echo A{n}::X[0];",
       php_83},
      {"a property that its interface knows by a type below",
       "<?php interface I{n} { public D{n} $p { get; } } class C{n} implements I{n} { public function "
       "__construct(public "
       "E{n} $p) {} } class D{n} { const V = '{v}'; } class E{n} extends D{n} {}",
       "echo (new C{n}(new E{n}))->p::V;", php_84},
      {"a hooked property whose parent knows it by a type below",
       "<?php abstract class A{n} { abstract public D{n} $p { get; } } class C{n} extends A{n} { public E{n} $p { get "
       "=> "
       "new E{n}; } } class D{n} { const V = '{v}'; } class E{n} extends D{n} {}",
       "echo (new C{n})->p::V;", php_84},
      {"properties that are read by all and set by few",
       "<?php class C{n} { public private(set) string $p = '{v}'; protected(set) int $q = 1; } echo (new C{n})->p;", "",
       php_84},
      {"a hook with a body and a setter above",
       "<?php $o = new C{n}; $o->p = 'x'; echo $o->p; class C{n} { public string $p = '' { get { return $this->p . "
       "'{v}'; } set(string|int $v) { $this->p = \"{$v}\"; } } }",
       "", php_84},
      {"new without parentheses above", "<?php echo new C{n}()->f(); class C{n} { function f() { return '{v}'; } }", "",
       php_84},
      {"a pipe above its class",
       "<?php echo 'x' |> C{n}::f(...) |> strtoupper(...); class C{n} { static function f($x) { return $x . '{v}'; } }",
       "", 80500},
      {"a result that may not be thrown away",
       "<?php class C{n} { #[\\NoDiscard('why {')] static function f() { return '{v}'; } } (void) C{n}::f();",
       "echo C{n}::f();", 80500},
      {"final promoted properties", "<?php class C{n} { function __construct(final public string $p = '{v}') {} }",
       "echo (new C{n})->p;", 80500},
      {"a closure in a constant",
       "<?php class C{n} { const F = static function ($x) { return $x . '{v}'; }; } class D{n} extends C{n} {}",
       "echo (D{n}::F)('x');", 80500},
      {"a closure in an attribute above a class",
       "<?php #[A{n}(static function () { return C{n}::V; })] function f{n}() {} echo (new "
       "ReflectionFunction('f{n}'))->getAttributes()[0]->newInstance()->v; #[Attribute] class A{n} { public $v; "
       "function "
       "__construct($f) { $this->v = $f(); } } class C{n} { const V = '{v}'; }",
       "", 80500},
      {"a closure for a default above a class",
       "<?php function f{n}($g = static function () { return C{n}::V; }) { return $g(); } class C{n} { const V = "
       "'{v}'; "
       "}",
       "echo f{n}();", 80500},
      {"clone with, above its class",
       "<?php echo (clone(new C{n}, ['p' => '{v}']))->p; class C{n} { public $p = 'x'; }", "", 80500},
  };
}

// As most files of a release are: one class, and nothing beside it but its namespace and what it imports.
std::vector<construct> of_one_class() {
  return {
      {"a class with every kind of string",
       "<?php\nnamespace N{n};\nclass C {\n const A = '}\\'{'; public $b = \"}\\\"{ \\{\";\n function f() { $a = "
       "['k' => '{v}']; $o = (object) $a; return \"{$a['k']} $a[k] {$o->k}}{\" . <<<X\n}\nX\n . `echo '}'`; } }\n",
       "echo (new N{n}\\C)->f();"},
      {"a class with every kind of comment",
       "<?php // {\ndeclare(strict_types=1); # }\n/* use } */ namespace N{n}; /** class D { */\nclass C { // use T; "
       "}\n # "
       "}\n const A = '{v}'; /* } */ function f() { return 4 / 2 . self::A; } } // }",
       "echo (new N{n}\\C)->f();"},
      {"a class whose string holds a bracket of its own",
       "<?php class C{n} { function f() { $a = ['}' => '{v}', '\"' => '{v}']; return \"{$a[\"}\"]}{$a['\"']}\"; } }",
       "echo (new C{n})->f();"},
      {"a class with an attribute above and inside",
       "<?php\n#[A(['}', '{', ']'])]\nclass C{n} {\n #[B('{')] // }\n const A = '{v}'; }", "echo C{n}::A;", php_80},
      {"a class with a name that is nearly a trait's use",
       "<?php class C{n} { public $use = '{v}'; function f() { return (function () { return $this->use; })(); } }",
       "echo (new C{n})->f();"},
      {"a class behind imports of each kind",
       "<?php namespace N{n}; use A\\B as D; use A\\{E, F}; use function A\\g; final class C { const A = '{v}'; }",
       "echo N{n}\\C::A;"},
      {"a class behind which a comment ends PHP", "<?php class C{n} { const A = '{v}'; } // } ?> text <?php echo 'x';",
       "echo C{n}::A;"},
      {"a class behind which a comment ends with a carriage return",
       "<?php class C{n} { const A = '{v}'; } // }\recho 'x{v}';", "echo C{n}::A;"},
      {"a class in which a comment ends PHP",
       "<?php class C{n} { function f() { // ?> } } {v} <?php \n return '{v}'; } }", "echo (new C{n})->f();"},
  };
}

std::string draw(std::mt19937& random, std::vector<std::string> const& from) {
  return from[std::uniform_int_distribution<std::size_t>(0, from.size() - 1)(random)];
}

}  // namespace

std::vector<construct> constructs() {
  std::vector<construct> all = used_above();
  for (auto part : {declared_first(), of_newer_php(), of_the_field(), of_one_class(), of_newest_php()})
    std::move(part.begin(), part.end(), std::back_inserter(all));
  return all;
}

construct random_construct(std::mt19937& random) {
  std::vector<std::string> const statements{
      "class A{n} { const V = 'A{v}'; }",
      "interface I{n} { const V = 'I{v}'; }",
      "trait T{n} { public $t = 'T{v}'; }",
      "class B{n} extends A{n} { }",
      "class D{n} implements I{n} { }",
      "class U{n} { use T{n}; const V = 'U{v}'; }",
      "if (!class_exists('F{n}', false)) { class F{n} { const V = 'F{v}'; } }",
      "function f{n}() { return class_exists('A{n}', false) ? A{n}::V : 'f{v}'; }",
      "$o{n} = new class { public $p = 'o{v}'; }; echo $o{n}->p;",
      "if (!defined('YES')) { exit; }",
      "/* class X { */ # enum Y\n",
      "echo class_exists('A{n}', false) ? A{n}::V : 'no A{v}';",
      "echo class_exists('B{n}', false) ? B{n}::V : 'no B{v}';",
      "echo class_exists('U{n}', false) ? U{n}::V : 'no U{v}';",
      "echo interface_exists('I{n}', false) ? I{n}::V : 'no I{v}';",
      "echo \"class G { {v}\";",
      "const K{n} = 'K{v}'; echo K{n};",
      "{ class W{n} { const V = 'W{v}'; } }",
      "echo class_exists('W{n}', false) ? W{n}::V : 'no W{v}';",
      "interface J{n} { function f(S{n} $x); }",
      "class Q{n} implements J{n} { function f(R{n} $x) { return 'Q{v}'; } }",
      "class R{n} { }",
      "class S{n} extends R{n} { }",
      "return;",
      "?> <p>{v} class H { </p> <?php",
      "for ($i = 0; $i < 2; ++$i) { echo $i; }"};
  std::string code = "<?php ";
  std::vector<std::string> left = statements;
  for (auto count = std::uniform_int_distribution<int>(1, 8)(random); count > 0; --count) {
    std::string const one = draw(random, left);
    std::erase(left, one);  // once each
    code += one + " ";
  }
  return {"a drawn file: " + code, code, "echo 'end{v}';"};
}

}  // namespace cachetool::test
