#!/bin/sh
# guix-system.sh DIRECTORY ROOT - makes a directory that is a Guix store as far as its files and its registration go, with a
# small system that boots as Guix System does, of the programs of the Debian tree ROOT. Guix itself is not needed for it.
#   gnu/store       the store
#   registration    what refers to what, with the hashes that nix-hash gives
#   system, grub    the paths of the system and of GRUB, which no Guix system refers to
set -eu
mkdir -p "$1"
directory=$(realpath "$1")
root=$(realpath "$2")
. "$(dirname "$0")/store-parts.sh"
store=$directory/gnu/store
mkdir -p "$store"
path() { printf '/gnu/store/%s' "$1"; }

shell=$(path 0a1b2c3d4f5g6h7i8j9kalbmcndpq0r1-shell)
linux=$(path 1a1b2c3d4f5g6h7i8j9kalbmcndpq0r1-linux-libre-6.12)
initrd=$(path 2a1b2c3d4f5g6h7i8j9kalbmcndpq0r1-raw-initrd)
grub=$(path 3a1b2c3d4f5g6h7i8j9kalbmcndpq0r1-grub-2.12)
system=$(path 4a1b2c3d4f5g6h7i8j9kalbmcndpq0r1-system)
glibc=$(path 5a1b2c3d4f5g6h7i8j9kalbmcndpq0r1-glibc-2.41)

mkdir -p "$directory$shell/bin" "$directory$linux" "$directory$initrd" "$directory$system" "$directory$grub/bin" "$directory$grub/lib/grub" "$directory$glibc/lib"
put_busybox "$directory$shell/bin" sh cat mount readlink poweroff
cp "$root"/boot/vmlinuz-* "$directory$linux/bzImage"

# As Guix's: root= is a UUID or a label, and what gnu.load= names is loaded when it is mounted.
stage1=$directory/stage1
mkdir -p "$stage1/dev" "$stage1/proc" "$stage1/sys" "$stage1/root"
put_busybox "$stage1/bin" sh cat mount modprobe findfs sleep switch_root
put_modules "$stage1" 'virtio*' ext4 'crc*'
cat >"$stage1/init" <<'INIT'
#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
for module in virtio_pci virtio_blk ext4; do modprobe -q $module; done
for word in $(cat /proc/cmdline); do
  case $word in root=*) label=${word#root=} ;; gnu.load=*) load=${word#gnu.load=} ;; esac
done
until device=$(findfs "LABEL=$label"); do sleep 1; done
mount -t ext4 "$device" /root
mount -o move /dev /root/dev
exec switch_root /root "$load"
INIT
chmod +x "$stage1/init"
pack_initrd "$stage1" "$directory$initrd/initrd.cpio.gz"

for library in ld-linux-x86-64.so.2 libc.so.6; do cp -L "$root/usr/lib/x86_64-linux-gnu/$library" "$directory$glibc/lib"; done
cp "$root/usr/bin/grub-mkimage" "$directory$grub/bin/grub-mkimage"
cp -r "$root/usr/lib/grub/i386-pc" "$directory$grub/lib/grub/i386-pc"
put_libraries "$directory$grub/bin/grub-mkimage" "$directory$grub/lib" libc.so.6
chmod -R u+w "$directory$grub"
patchelf --set-interpreter "$glibc/lib/ld-linux-x86-64.so.2" --set-rpath "$glibc/lib:$grub/lib" "$directory$grub/bin/grub-mkimage"
for library in "$directory$grub"/lib/*.so*; do patchelf --set-rpath "$glibc/lib:$grub/lib" "$library"; done

cat >"$directory$system/boot" <<BOOT
#!$shell/bin/sh
export PATH=$shell/bin
mount -t proc proc /proc
echo "guix-boot: $system"
echo "profile: \$(readlink /var/guix/profiles/system) \$(readlink -f /var/guix/profiles/system)"
echo "command line: \$(cat /proc/cmdline)"
poweroff -f
BOOT
chmod +x "$directory$system/boot"
ln -s "$linux" "$directory$system/kernel"
cat >"$directory$system/parameters" <<PARAMETERS
(boot-parameters (version 1) (label "GNU with Linux-Libre 6.12")
 (root-device (file-system-label "guix-root")) (kernel "$linux/bzImage")
 (kernel-arguments ("console=ttyS0" "panic=-1" "no_timer_check")) (initrd "$initrd/initrd.cpio.gz")
 (multiboot-modules ()) (bootloader-name grub) (bootloader-menu-entries ())
 (locale "en_US.utf8") (store (device (file-system-label "guix-root")) (mount-point "/") (directory-prefix #f) (crypto-devices ())))
PARAMETERS

# register PATH [REFERENCE...]
register() {
  path=$1
  shift
  printf '%s\n%s\n%s\n\n%d\n' "$path" "$(nix-hash --type sha256 "$directory$path")" "$(nix-store --dump "$directory$path" | wc -c)" $#
  [ $# -eq 0 ] || printf '%s\n' "$@"
}
{
  register "$shell"
  register "$linux"
  register "$initrd"
  register "$glibc"
  register "$grub" "$grub" "$glibc"
  register "$system" "$shell" "$linux" "$initrd" "$system"
} >"$directory/registration"
printf %s "$system" >"$directory/system"
printf %s "$grub" >"$directory/grub"
