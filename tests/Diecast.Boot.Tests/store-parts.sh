#!/bin/sh
# What the scripts that make small systems of a store have in common; sourced by them. $root is the Debian tree that the programs
# come from.

# enter_store DIRECTORY ARGUMENT... - goes on in a mount namespace of its own, in which DIRECTORY/nix is /nix, with a Nix that asks
# nobody; there the script, whose arguments these are, is run once more. Ends in DIRECTORY/parts.
enter_store() {
  mkdir -p "$1/nix" "$1/conf" "$1/home" /nix
  [ "${INSIDE:-}" = 1 ] || INSIDE=1 exec unshare --mount -- sh "$0" "$@"
  mount --make-rprivate /
  mount --bind "$1/nix" /nix
  export HOME="$1/home" NIX_CONF_DIR="$1/conf"
  unset NIX_REMOTE NIX_PATH
  printf '%s\n' 'sandbox = false' 'build-users-group =' 'substituters =' 'experimental-features = nix-command' >"$NIX_CONF_DIR/nix.conf"
  mkdir -p "$1/parts"
  cd "$1/parts"
}

# put_busybox DIRECTORY APPLET... - puts it there, under the names of applets, too
put_busybox() {
  into=$1
  shift
  mkdir -p "$into"
  cp "$root/usr/bin/busybox" "$into/busybox"
  for applet; do ln -s busybox "$into/$applet"; done
}

# put_modules DIRECTORY PATTERN... - copies kernel modules by the names of their files into the tree of an initial RAM disk
put_modules() {
  version=$(ls "$root/usr/lib/modules")
  into=$1/lib/modules/$version
  tree=$1
  shift
  mkdir -p "$into"
  cp "$root/usr/lib/modules/$version"/modules.order "$root/usr/lib/modules/$version"/modules.builtin* "$into"
  for pattern; do
    for module in $(cd "$root/usr/lib/modules/$version" && find . -name "$pattern.ko*"); do
      mkdir -p "$into/${module%/*}"
      cp "$root/usr/lib/modules/$version/$module" "$into/$module"
      case $module in *.xz) xz -d "$into/$module" ;; esac
    done
  done
  depmod -b "$tree" "$version"
}

# put_libraries FILE DIRECTORY [NAME] - copies the libraries that it needs, and those that they need, but for NAME and the loader
put_libraries() {
  for library in $(patchelf --print-needed "$1"); do
    case $library in ld-linux* | "${3:-}") continue ;; esac
    [ ! -e "$2/$library" ] || continue
    cp -L "$root/usr/lib/x86_64-linux-gnu/$library" "$2/$library"
    chmod u+w "$2/$library"
    put_libraries "$2/$library" "$2" "${3:-}"
  done
}

# pack_initrd DIRECTORY FILE
pack_initrd() { (cd "$1" && find . | LC_ALL=C sort | busybox cpio -o -H newc) | gzip -n >"$2"; }
