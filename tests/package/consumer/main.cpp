#include <cachetool/fastcgi/endpoint.hpp>
#include <cachetool/php/value.hpp>
#include <cstdio>

int main() {
  auto const where = cachetool::fastcgi::endpoint::parse("tcp://127.0.0.1:9000");
  auto const text = cachetool::php::serialize(where.text());
  std::puts(text.c_str());
  return text == "s:14:\"127.0.0.1:9000\";" ? 0 : 1;
}
