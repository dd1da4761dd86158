// Help pages as they are printed, and as manual pages.
#include "client/help.h"

#include <gtest/gtest.h>

namespace rolecall::client {
namespace {

constexpr std::string_view kUsage[] = {"rolecall s3 cp FROM TO", "rolecall s3 cp - TO"};
constexpr HelpOption kOptions[] = {
    {"--recursive", "", "all below a prefix"},
    {"--a-very-long-option", "ARGUMENT", "its text stands below, because the name takes the place"},
};
constexpr std::string_view kSee[] = {"s3 ls", "aws(1)", "docs/client.md"};
const HelpPage kPage{
    "s3 cp",
    "copy objects",
    kUsage,
    "Copies `one` thing, and this paragraph is long enough to be filled over more "
    "than one line.\nIt goes on.\n\n  kept = as it is\n    deeper\n\n# Exit status\n"
    "0 done.",
    kOptions,
    ".dot 'quoted' \\ back\n\nsecond …\n",
    kSee,
    CommonOptions::hidden};

TEST(Help, IsFilledForATerminal) {
  EXPECT_EQ(format_help(kPage),
            "rolecall s3 cp: copy objects\n\n"
            "Usage: rolecall s3 cp FROM TO\n       rolecall s3 cp - TO\n\n"
            "Copies `one` thing, and this paragraph is long enough to be filled over more\n"
            "than one line. It goes on.\n\n"
            "  kept = as it is\n    deeper\n\n"
            "Options:\n"
            "  --recursive             all below a prefix\n"
            "  --a-very-long-option ARGUMENT\n"
            "                          its text stands below, because the name takes the\n"
            "                          place\n\n"
            "Exit status:\n0 done.\n\n"
            "Examples:\n  .dot 'quoted' \\ back\n\n  second …\n\n"
            "See also: rolecall s3 ls, aws(1), docs/client.md\n");
}

TEST(Help, IsAManualPage) {
  EXPECT_EQ(format_man(kPage),
            ".TH ROLECALL\\-S3\\-CP 1 \"2026-11-28\" \"rolecall\" \"Rolecall\"\n.nh\n"
            ".SH NAME\nrolecall\\-s3\\-cp \\- copy objects\n"
            ".SH SYNOPSIS\n.nf\nrolecall s3 cp FROM TO\nrolecall s3 cp \\- TO\n.fi\n"
            ".SH DESCRIPTION\nCopies \\fBone\\fR thing, and this paragraph is long enough\n"
            "to be filled over more than one line. It goes on.\n"
            ".PP\n.nf\n.RS 4\nkept = as it is\n  deeper\n.RE\n.fi\n"
            ".SH OPTIONS\n.TP\n\\fB\\-\\-recursive\\fR\nall below a prefix\n"
            ".TP\n\\fB\\-\\-a\\-very\\-long\\-option\\fR \\fIARGUMENT\\fR\n"
            "its text stands below, because the name takes the place\n"
            ".SH EXIT STATUS\n0 done.\n"
            ".SH EXAMPLES\n.nf\n.RS 4\n\\&.dot \\(aqquoted\\(aq \\e back\n\nsecond \\[u2026]\n"
            ".RE\n.fi\n"
            ".SH SEE ALSO\nrolecall\\-s3\\-ls(1),\naws(1),\ndocs/client.md\n");
}

TEST(Help, CommonOptionsAreShownUnlessHidden) {
  HelpPage page = kPage;
  page.common = CommonOptions::shown;
  EXPECT_NE(format_help(page).find("  --profile NAME  "), std::string::npos);
  EXPECT_NE(format_man(page).find("\\fB\\-\\-profile\\fR \\fINAME\\fR"), std::string::npos);
  EXPECT_EQ(format_help(kPage).find("--profile"), std::string::npos);
}

}  // namespace
}  // namespace rolecall::client
