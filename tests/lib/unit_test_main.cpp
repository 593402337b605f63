// Boost.Test itself and main(), where there is no library of it to link.
#define BOOST_TEST_MODULE cross
#include <boost/test/included/unit_test.hpp>
