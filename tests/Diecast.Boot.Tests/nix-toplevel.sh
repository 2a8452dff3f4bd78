#!/bin/sh
# nix-toplevel.sh DIRECTORY ROOT - makes a true Nix store in DIRECTORY with a small system that boots as NixOS does, of the
# programs of the Debian tree ROOT: its kernel, GRUB and systemd-boot; busybox is the rest. Without network, and in a mount
# namespace of its own, in which DIRECTORY/nix is /nix. For root.
#   nix/store       the store
#   registration    nix-store --dump-db of the closures
#   grub, both, loader  the paths of systems with GRUB in their closure for BIOS, with GRUB for BIOS and UEFI, and with systemd-boot;
#                   they have boot.json
#   old             that of a system as they were before that
#   verity          that of one with systemd-boot whose root is in memory, and whose store is below a /usr that its initial RAM disk
#                   opens through dm-verity, by usrhash=, as systemd's does
set -eu
directory=$(realpath "$1")
root=$(realpath "$2")
. "$(dirname "$0")/store-parts.sh"
enter_store "$directory" "$root"

put_busybox shell/bin sh cat mkdir chmod ln cp mount echo readlink poweroff sleep

mkdir -p kernel
cp "$root"/boot/vmlinuz-* kernel/bzImage

# The initial RAM disk finds its root as NixOS's does: by the label that the system was built with, not by root=.
mkdir -p stage1/dev stage1/proc stage1/sys stage1/root
put_busybox stage1/bin sh cat mount modprobe findfs sleep switch_root echo
cp -r stage1 stage1-verity
put_modules stage1 'virtio*' ext4 jbd2 mbcache 'crc*'
cat >stage1/init <<'INIT'
#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
for module in virtio_pci virtio_blk ext4; do modprobe -q $module; done
device=
until device=$(findfs LABEL=nixos); do sleep 1; done
mount -t ext4 "$device" /root
init=
for word in $(cat /proc/cmdline); do case $word in init=*) init=${word#init=} ;; esac; done
mount -o move /dev /root/dev
echo "stage-1: $device, $init"
exec switch_root /root "$init"
INIT
chmod +x stage1/init
mkdir -p initrd
pack_initrd stage1 initrd/initrd

# That of a protected store finds its partitions as systemd's does: their ids are the halves of the root hash.
put_modules stage1-verity 'virtio*' erofs dm-mod dm-bufio dm-verity reed_solomon libcrc32c
for applet in mkdir dd od cut tr grep cp; do ln -s busybox "stage1-verity/bin/$applet"; done
mkdir -p stage1-verity/lib64 stage1-verity/run stage1-verity/etc
cp -L "$root/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" stage1-verity/lib64
cp "$root/usr/sbin/veritysetup" stage1-verity/bin
put_libraries stage1-verity/bin/veritysetup stage1-verity/lib
cat >stage1-verity/init <<'INIT'
#!/bin/sh
export DM_DISABLE_UDEV=1 LD_LIBRARY_PATH=/lib
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
for module in virtio_pci virtio_blk dm_verity erofs; do modprobe -q $module; done
hash= init=
for word in $(cat /proc/cmdline); do case $word in init=*) init=${word#init=} ;; usrhash=*) hash=${word#usrhash=} ;; esac; done
until [ -e /dev/vda1 ]; do sleep 1; done
data= tree=
for number in 1 2 3 4 5 6; do
  set -- $(dd if=/dev/vda bs=1 skip=$((1024 + (number - 1) * 128 + 16)) count=16 2>/dev/null | od -An -v -tx1)
  case $4$3$2$1$6$5$8$7$9${10}${11}${12}${13}${14}${15}${16} in
    "$(echo "$hash" | cut -c1-32)") data=/dev/vda$number ;;
    "$(echo "$hash" | cut -c33-64)") tree=/dev/vda$number ;;
  esac
done
veritysetup open "$data" usr "$tree" "$hash"
mount -t tmpfs -o mode=0755 tmpfs /root
mkdir -p /root/usr /root/nix/store /root/proc /root/dev /root/tmp
mount -t erofs -o ro /dev/mapper/usr /root/usr
mount -o bind /root/usr/nix/store /root/nix/store
# A block of the store is read before it is asked how it went.
cat "/root$init" >/dev/null
echo "stage-1: $data, $tree, $(veritysetup status usr | grep status:)"
mount -o move /dev /root/dev
exec switch_root /root "$init"
INIT
chmod +x stage1-verity/init
mkdir -p initrd-verity
pack_initrd stage1-verity initrd-verity/initrd

# GRUB as nixpkgs builds it: its program's loader is another package's, and is found by what is written into the program.
mkdir -p glibc/lib grub/bin grub/lib/grub
for library in ld-linux-x86-64.so.2 libc.so.6; do cp -L "$root/usr/lib/x86_64-linux-gnu/$library" glibc/lib; done
cp "$root/usr/bin/grub-mkimage" grub/bin/grub-mkimage
chmod u+w grub/bin/grub-mkimage
cp -r "$root/usr/lib/grub/i386-pc" grub/lib/grub/i386-pc
mkdir -p systemd
cp -r "$root/usr/lib/systemd/boot" systemd/boot

put_libraries grub/bin/grub-mkimage grub/lib libc.so.6

add() { nix-store --add "$1"; }
glibc=$(add glibc)
patchelf --set-interpreter "$glibc/lib/ld-linux-x86-64.so.2" --set-rpath "$glibc/lib:\$ORIGIN/../lib" grub/bin/grub-mkimage
for library in grub/lib/*.so*; do patchelf --set-rpath "$glibc/lib:\$ORIGIN" "$library"; done
# That for UEFI is a package of its own.
cp -r grub efi
rm -r efi/lib/grub/i386-pc
cp -r "$root/usr/lib/grub/x86_64-efi" efi/lib/grub/x86_64-efi

cat >system.nix <<NIX
let
  path = name: builtins.storePath name;
  shell = path $(add shell);
  glibc = path $glibc;
  make = name: script: derivation {
    inherit name glibc;
    system = builtins.currentSystem;
    builder = "\${shell}/bin/sh";
    args = [ "-c" script ];
    PATH = "\${shell}/bin";
  };
  copy = name: from: make name "mkdir -p \$out; cp -r \${path from}/* \$out";
  linux = copy "linux-6.12" "$(add kernel)";
  initrd = copy "initrd-linux-6.12" "$(add initrd)";
  verityInitrd = copy "initrd-verity-linux-6.12" "$(add initrd-verity)";
  grub = copy "grub-2.12" "$(add grub)";
  efi = copy "grub-efi-2.12" "$(add efi)";
  systemd = make "systemd-257" "mkdir -p \$out/lib/systemd; cp -r \${path "$(add systemd)"}/boot \$out/lib/systemd";
  spec = ''
    "org.nixos.bootspec.v1": {
      "init": "\$out/init", "initrd": "\${initrd}/initrd", "kernel": "\${linux}/bzImage",
      "kernelParams": [ "console=ttyS0", "panic=-1", "no_timer_check", "loglevel=4" ],
      "label": "NixOS 25.05.test (Linux 6.12)", "system": "x86_64-linux", "toplevel": "\$out"
    }'';
  # What a top level has, but for services.
  top = name: references: more: make name ''
    mkdir -p \$out/etc
    ln -s \${linux}/bzImage \$out/kernel
    ln -s \${initrd}/initrd \$out/initrd
    echo -n 25.05.test > \$out/nixos-version
    echo "/dev/disk/by-label/nixos / ext4 x-initrd.mount 0 1" > \$out/etc/fstab
    echo ID=nixos > \$out/etc/os-release
    echo PRETTY_NAME=NixOS >> \$out/etc/os-release
    echo VERSION_ID=25.05 >> \$out/etc/os-release
    \${references}
    cat > \$out/init <<EOF
    #!\${shell}/bin/sh
    export PATH=\${shell}/bin
    mount -t proc proc /proc
    echo "stage-2: \$out"
    echo "profile: \\\$(readlink /nix/var/nix/profiles/system) \\\$(readlink -f /nix/var/nix/profiles/system)"
    echo "command line: \\\$(cat /proc/cmdline)"
    if [ -e /etc/NIXOS ] && [ ! -e /etc/hostname ]; then echo "etc: untouched"; fi
    if ! mkdir /nix/store/new 2>/dev/null; then echo "store: read-only"; fi
    poweroff -f
    EOF
    chmod +x \$out/init
    \${more}
  '';
  calm = top "nixos-system-mini-calm" "" ''
    cat > \$out/boot.json <<EOF
    { \${spec}, "org.nixos.specialisation.v1": { } }
    EOF
  '';
  withSpecialisation = references: top "nixos-system-mini" references ''
    mkdir -p \$out/specialisation
    ln -s \${calm} \$out/specialisation/calm
    cat > \$out/boot.json <<EOF
    { \${spec}, "org.nixos.specialisation.v1": { "calm": {
    "org.nixos.bootspec.v1": {
      "init": "\${calm}/init", "initrd": "\${initrd}/initrd", "kernel": "\${linux}/bzImage",
      "kernelParams": [ "console=ttyS0", "panic=-1", "no_timer_check", "quiet" ],
      "label": "NixOS 25.05.test (Linux 6.12)", "system": "x86_64-linux", "toplevel": "\${calm}"
    }, "org.nixos.specialisation.v1": {} } } }
    EOF
  '';
in {
  grub = withSpecialisation "ln -s \${grub} \$out/grub";
  both = withSpecialisation "ln -s \${grub} \$out/grub; ln -s \${efi} \$out/grub-efi";
  loader = withSpecialisation "ln -s \${systemd} \$out/systemd";
  verity = top "nixos-system-mini-verity" "ln -s \${systemd} \$out/systemd" ''
    ln -sf \${verityInitrd}/initrd \$out/initrd
    echo -n 'console=ttyS0 panic=-1 no_timer_check loglevel=4' > \$out/kernel-params
    echo "tmpfs / tmpfs mode=0755 0 0" > \$out/etc/fstab
    echo "/dev/mapper/usr /usr erofs ro,x-initrd.mount 0 0" >> \$out/etc/fstab
    echo "/usr/nix/store /nix/store none bind,x-initrd.mount 0 0" >> \$out/etc/fstab
  '';
  old = top "nixos-system-mini-old" "ln -s \${grub} \$out/grub" "echo -n 'console=ttyS0 panic=-1 no_timer_check' > \$out/kernel-params";
}
NIX
for system in grub both loader verity old; do
  nix-build --quiet --no-out-link --attr "$system" system.nix >"../$system"
done
cd ..
# shellcheck disable=SC2046 # lists of paths
nix-store --dump-db $(nix-store --query --requisites $(cat grub both loader verity old)) >registration
