#pragma once

#include <string>

/// Floats as PHP writes them: "0.1", "1.0E+25", "-0", "INF", "-INF", "NAN".
namespace cachetool::php {

/// The shortest text that reads back as the same number, as with serialize_precision=-1.
std::string float_text(double number);

/// Rounded to that many digits (1 to 17), as with PHP's setting precision. Without trailing zeros.
std::string float_text(double number, int significant);

}  // namespace cachetool::php
