#!/bin/sh
# nix-extlinux.sh DIRECTORY ROOT DTB - makes a true Nix store in DIRECTORY with a small system for a board, of the programs of the
# Debian tree ROOT of another architecture, that asks for U-Boot's menu and for the device tree DTB as NixOS does. What is built
# is copied together here, by this machine's busybox. Without network, in a mount namespace of its own, in which DIRECTORY/nix is
# /nix. For root.
#   nix/store       the store
#   registration    nix-store --dump-db of the closure
#   system          the system's path
set -eu
directory=$(realpath "$1")
root=$(realpath "$2")
dtb=$(realpath "$3")
. "$(dirname "$0")/store-parts.sh"
enter_store "$directory" "$root" "$dtb"

put_busybox shell/bin sh cat mount echo poweroff readlink tr

mkdir -p kernel/dtbs/virt
cp "$root"/boot/vmlinu[xz]-* kernel/Image
cp "$dtb" kernel/dtbs/virt/cast.dtb

# The initial RAM disk finds its root as NixOS's does: by the label that the system was built with, not by root=.
mkdir -p stage1/dev stage1/proc stage1/sys stage1/root
put_busybox stage1/bin sh cat mount modprobe findfs sleep switch_root echo
put_modules stage1 'virtio*' ext4 jbd2 mbcache 'crc*'
cat >stage1/init <<'INIT'
#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
for module in virtio_pci virtio_mmio virtio_blk crc32c_generic ext4; do modprobe -q $module; done
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

add() { nix-store --add "$1"; }
cat >system.nix <<NIX
let
  path = name: builtins.storePath name;
  shell = path $(add shell);
  make = name: script: derivation {
    inherit name;
    system = builtins.currentSystem;
    builder = "/bin/sh";
    args = [ "-ec" script ];
    PATH = "/usr/bin:/bin";
  };
  copy = name: from: make name "mkdir -p \$out; cp -r \${path from}/* \$out";
  linux = copy "linux-6.12" "$(add kernel)";
  initrd = copy "initrd-linux-6.12" "$(add initrd)";
  builder = make "extlinux-conf-builder.sh" "echo '#!\${shell}/bin/sh' > \$out";
  install = make "install-extlinux-conf.sh" ''
    cat > \$out <<EOF
    #!\${shell}/bin/sh
    set -e
    \${builder} -g 20 -t 5 -n virt/cast.dtb -d '/boot' -c "\\\$@"
    EOF
  '';
in make "nixos-system-mini" ''
  mkdir -p \$out/etc \$out/bin
  ln -s \${linux}/Image \$out/kernel
  ln -s \${linux}/dtbs \$out/dtbs
  ln -s \${initrd}/initrd \$out/initrd
  printf 25.05.test > \$out/nixos-version
  printf 'console=ttyS0 panic=-1 loglevel=4' > \$out/kernel-params
  echo "/dev/disk/by-label/nixos / ext4 x-initrd.mount 0 1" > \$out/etc/fstab
  echo "export INSTALL_BOOTLOADER='\${install}'" > \$out/bin/switch-to-configuration
  cat > \$out/init <<EOF
  #!\${shell}/bin/sh
  export PATH=\${shell}/bin
  mount -t proc proc /proc
  mount -t sysfs sysfs /sys
  echo "stage-2: \$out"
  echo "profile: \\\$(readlink -f /nix/var/nix/profiles/system)"
  echo "model: \\\$(tr -d '\\\\0' </proc/device-tree/model)"
  echo "command line: \\\$(cat /proc/cmdline)"
  poweroff -f
  EOF
  chmod +x \$out/init
''
NIX
nix-build --quiet --no-out-link system.nix >../system
cd ..
# shellcheck disable=SC2046 # lists of paths
nix-store --dump-db $(nix-store --query --requisites "$(cat system)") >registration
