#!/usr/bin/env python3
"""Breaks the policy engine on purpose, one way at a time, and checks that the tests notice.

    tools/policy_mutations.py BUILD_DIR [NAME…]

BUILD_DIR is a build configured with -DROLECALL_WERROR=OFF (a broken line leaves unused names behind) that knows the
target policy_vectors_test; ROLECALL_DIFFERENTIAL_ROUNDS=500 makes it quicker. Each mutation is a replacement in one source
file; the file is put back afterwards. Prints SURVIVED for a mutation that no test noticed; status 1 if there is any.
"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
POLICY = ROOT / "src" / "policy"
MUTATIONS = {
    "conditions always hold": ("statement.cc", "if (!match_condition(document, conditions[i], statement, subject.context)) return false;", ";"),
    "prefix always matches": ("match.h", "return text.size() >= pattern.head && equal_bytes(", "return true || equal_bytes("),
    "absent key passes": ("condition.cc", "if (absent) return negated || condition.if_exists();", "if (absent) return true;"),
    "IfExists forgotten": ("condition.cc", "if (absent) return negated || condition.if_exists();", "if (absent) return negated;"),
    "negation forgotten": ("condition.cc", "context, value) != negated;", "context, value);"),
    "NotResource forgotten": ("condition.cc", "const bool negated = statement.has(Statement::kNotResource);", "const bool negated = false;"),
    "NotAction forgotten": ("statement.h", "listed_in_not_action(document, statement, action))) {", "false)) {"),
    "boundary never limits": ("evaluate.cc", "boundary_ == Grant::none) {", "false) {"),
    "session policy never limits": ("evaluate.cc", "return wanted && session_ == Grant::none ?", "return false ?"),
    "SCP silence ignored": ("evaluate.cc", "if (scp_silent_ != Decision::kNone) {  // Rules 103", "if (false) {  // Rules 103"),
    "account grant is final": ("statement.cc", "      return Grant::account;\n    }\n    case PrincipalForm::user:", "      return Grant::final;\n    }\n    case PrincipalForm::user:"),
    "role grant is final": ("statement.cc", "who.role_arn == text ? Grant::limited", "who.role_arn == text ? Grant::final"),
    "cross-account needs one side": ("evaluate.cc", "if (granted == Grant::none) return silent(Layer::resource);\n      return allow(Reason::both_allow, Layer::resource, resource_);\n    }\n    if (rule", "return allow(Reason::both_allow, Layer::resource, resource_);\n    }\n    if (rule"),
    "variables in 2008": ("compile.cc", "if (value.text() == \"2012-10-17\") {\n          variables_allowed_ = true;", "variables_allowed_ = true;\n        if (value.text() == \"2012-10-17\") {"),
    "segment star crosses": ("match.cc", "out[i] = inner && !ends_segment ? kRunInSegment : kAnyRun;", "out[i] = kAnyRun;"),
    "host bits kept": ("values.cc", "range.bytes[i] & (0xFF00u >> kept)", "range.bytes[i]"),
    "management account limited": ("exemptions.cc", "who.account == policies.management_account) {", "false) {"),
    "root may assume": ("exemptions.cc", "if (who.kind == PrincipalKind::root && name == \"assumerole\") {", "if (false) {"),
    "a provider's assertion for any call": ("exemptions.cc", "return CallRule::wrong_credentials;\n  }\n  if (name == \"getcalleridentity\")", "return CallRule::ordinary;\n  }\n  if (name == \"getcalleridentity\")"),
    "no variable is a whole ARN": ("condition.cc", "count_fields(coded) >= fields.size()", "count_fields(coded) >= 1"),
    "every service is known": ("service_principals.cc", "if (part.empty()) return false;", "if (!part.empty()) return true;"),
    "size in characters": ("validate.cc", "count += unit == Unit::bytes || ", "count += unit == Unit::characters || "),
    "trust not needed": ("exemptions.cc", "return ResourceRule::trust;\n    }", "return ResourceRule::ordinary;\n    }"),
    "boundary ignored by NotPrincipal": ("statement.cc", "if (statement.deny() && subject.has_boundary) return Grant::final;", ";"),
    "program: denials skipped": ("evaluate.cc", "if (denied_by(program, row, denials)) return false;", ";"),
    "program: SCP denials skipped": ("evaluate.cc", "if (limited && denied_by(program, row, scp_denials)) return false;", ";"),
    "program: silent SCP levels skipped": ("program.cc", "++row_[levels_at];", ";"),
    "program: single entries stay in force": ("program_data.h", "if (entry->only() && entry->id() != id) {", "if (false) {"),
    "program: wide entries for one action": ("program.cc", "if (only == 0) background_ = row;", ";"),
    "program: first statements of a source only": ("program_data.h", "source.first + (word & ((1u << kStatementBits) - 1))", "source.first + (word & 1)"),
    "action: any name of that length": ("action_names.cc", "if (load_word(known + at) != load_word(folded.data() + at)) return {};", ";"),
    "ARN: ends alone": ("hash.h", "if (load_word(a + at) != load_word(b + at)) return false;", ";"),
    "service-linked by any part of the path": ("exemptions.cc", "arn.substr(colon + kService.size() + 12).starts_with(kPath);", "arn.find(kPath) != arn.npos;"),
    "program: unconditional too easily": ("program.cc", "statement.condition_count == 0;", "true;"),
}


TESTS = ("policy_test", "policy_vectors_test")


def run(build):
    made = subprocess.run(["ninja", "-C", str(build), *TESTS], capture_output=True, text=True)
    if made.returncode != 0:
        return "does not compile"
    for test in TESTS:  # the quick one first
        program = next(it for it in build.rglob(test) if it.is_file())
        if subprocess.run([str(program)], cwd=ROOT, capture_output=True, text=True).returncode != 0:
            return "noticed"
    return "SURVIVED"


def main():
    build, only = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]
    survived = 0
    for name, (file, old, new) in MUTATIONS.items():
        if only and name not in only:
            continue
        path = POLICY / file
        before = path.read_text()
        if before.count(old) != 1:
            print(f"{name}: the text to replace is there {before.count(old)} times")
            survived += 1
            continue
        try:
            path.write_text(before.replace(old, new))
            result = run(build)
        finally:
            path.write_text(before)
        survived += result != "noticed"
        print(f"{name}: {result}", flush=True)
    sys.exit(1 if survived else 0)


if __name__ == "__main__":
    main()
