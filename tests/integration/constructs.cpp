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

std::string draw(std::mt19937& random, std::vector<std::string> const& from) {
  return from[std::uniform_int_distribution<std::size_t>(0, from.size() - 1)(random)];
}

}  // namespace

std::vector<construct> constructs() {
  std::vector<construct> all = used_above();
  for (auto part : {declared_first(), of_newer_php()}) std::move(part.begin(), part.end(), std::back_inserter(all));
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
