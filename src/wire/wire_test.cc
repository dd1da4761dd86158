#include <gtest/gtest.h>
int main_placeholder_unused();
TEST(Wire, Placeholder) {}
