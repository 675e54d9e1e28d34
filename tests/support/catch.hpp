#pragma once

// Debian 12 has Catch2 2, newer systems Catch2 3: the tests include this and are the same for both.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
