// Beast, compiled once: with BOOST_BEAST_SEPARATE_COMPILATION every other file only declares it.
#include <boost/beast/src.hpp>
