#include "shell/scripts.h"

namespace rolecall::shell {
namespace {

constexpr std::string_view kBash =
    R"script(# bash completion for rolecall: eval "$(rolecall completion bash)"
_rolecall() {
  local cur="${COMP_WORDS[COMP_CWORD]}" line="${COMP_LINE:0:${COMP_POINT:-0}}" answer
  [[ -n $line ]] || line="${COMP_WORDS[*]:0:COMP_CWORD+1}"
  [[ $cur == [=:] ]] && cur=
  COMPREPLY=()
  while IFS= read -r answer; do
    case $answer in
      :files)
        compopt -o filenames 2>/dev/null
        while IFS= read -r answer; do COMPREPLY+=("$answer"); done < <(compgen -f -- "$cur") ;;
      :folders)
        compopt -o filenames 2>/dev/null
        while IFS= read -r answer; do COMPREPLY+=("$answer"); done < <(compgen -d -- "$cur") ;;
      :programs)
        while IFS= read -r answer; do COMPREPLY+=("$answer"); done < <(compgen -c -- "$cur") ;;
      */) compopt -o nospace 2>/dev/null; COMPREPLY+=("$answer") ;;
      *) COMPREPLY+=("$answer") ;;
    esac
  done < <("${COMP_WORDS[0]/#\~/$HOME}" complete bash "$line" 2>/dev/null)
}
complete -F _rolecall rolecall rolecall-client
)script";

constexpr std::string_view kZsh = R"script(#compdef rolecall rolecall-client
# zsh completion for rolecall: eval "$(rolecall completion zsh)", or as _rolecall in $fpath
_rolecall() {
  local answer
  local -a candidates before
  before=("${(@Q)words[2,CURRENT-1]}")
  for answer in "${(@f)$("${(Q)words[1]/#\~/$HOME}" complete zsh "${(@)before}" "${(Q)PREFIX}" 2>/dev/null)}"; do
    case $answer in
      '') ;;
      :files) _files ;;
      :folders) _files -/ ;;
      :programs) _command_names -e ;;
      *) candidates+=("$answer") ;;
    esac
  done
  (( $#candidates )) && _describe -t values rolecall candidates
}
if [[ ${funcstack[1]} == _rolecall ]]; then
  _rolecall "$@"
else
  compdef _rolecall rolecall rolecall-client
fi
)script";

constexpr std::string_view kFish =
    R"script(# fish completion for rolecall: rolecall completion fish | source
function __rolecall_complete
  set -l before (commandline -opc)
  set -l current (commandline -ct)
  for answer in ($before[1] complete fish $before[2..-1] "$current" 2>/dev/null)
    switch $answer
      case :files :programs
        __fish_complete_path "$current"
      case :folders
        __fish_complete_directories "$current"
      case '*'
        echo $answer
    end
  end
end
complete -c rolecall -f -a '(__rolecall_complete)'
complete -c rolecall-client -f -a '(__rolecall_complete)'
)script";

}  // namespace

std::string_view completion_script(Shell shell) {
  switch (shell) {
    case Shell::bash:
      return kBash;
    case Shell::zsh:
      return kZsh;
    case Shell::fish:
      break;
  }
  return kFish;
}

}  // namespace rolecall::shell
