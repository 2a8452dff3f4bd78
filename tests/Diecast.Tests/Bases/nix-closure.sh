#!/bin/sh
# nix-closure.sh DIRECTORY - makes a true Nix store with a small closure in DIRECTORY, without network and without touching
# the machine's own store: in a mount namespace of its own, DIRECTORY/nix is /nix. For root.
#   nix/store, nix/var   the store and its database
#   top                  the path that the others belong to
#   registration         nix-store --dump-db of the closure
#   cache-*, cache.pub   binary caches with signatures, one for each compression, and the key's public half
set -eu
directory=$(realpath "$1")
mkdir -p "$directory/nix" "$directory/conf" "$directory/home"
mkdir -p /nix
if [ "${INSIDE:-}" != 1 ]; then INSIDE=1 exec unshare --mount -- sh "$0" "$directory"; fi
mount --make-rprivate /
mount --bind "$directory/nix" /nix
export HOME="$directory/home" NIX_CONF_DIR="$directory/conf"
unset NIX_REMOTE NIX_PATH
printf '%s\n' 'sandbox = false' 'build-users-group =' 'substituters =' 'experimental-features = nix-command' >"$NIX_CONF_DIR/nix.conf"
cd "$directory"
mkdir -p shell/bin
cp /bin/busybox shell/bin/busybox
for applet in sh cat mkdir chmod ln; do ln -s busybox "shell/bin/$applet"; done
shell=$(nix-store --add shell)
cat >closure.nix <<NIX
let
  shell = builtins.storePath $shell;
  make = name: script: derivation {
    inherit name;
    system = builtins.currentSystem;
    builder = "\${shell}/bin/sh";
    args = [ "-c" script ];
    PATH = "\${shell}/bin";
  };
  words = make "words-1.0" "mkdir -p \$out/share; echo library-text > \$out/share/words; ln -s share/words \$out/link";
in make "speak-1.0" ''
  mkdir -p \$out/bin
  { echo "#!\${shell}/bin/sh"; echo "\${shell}/bin/cat \${words}/share/words # \$out"; } > \$out/bin/speak
  chmod +x \$out/bin/speak
''
NIX
nix-build --quiet --no-out-link closure.nix >top
nix-store --query --requisites "$(cat top)" >closure
# shellcheck disable=SC2046 # a list of paths
nix-store --dump-db $(cat closure) >registration
nix-store --generate-binary-cache-key test-1 secret cache.pub
for compression in xz zstd gzip none br bzip2; do
  nix copy --to "file://$directory/cache-$compression?secret-key=$directory/secret&compression=$compression" "$(cat top)"
done
