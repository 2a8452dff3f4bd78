# Shared by ./diecast and ./test: what they need from the system, and how it gets there.
# POSIX sh; sourced, never run.

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# need PACKAGE:FILE...  - remembers each package none of whose files (a command or an absolute path, joined by |) is there
missing=
need() {
  for pair in "$@"; do
    package=${pair%%:*} files=${pair#*:} found=
    while [ -n "$files" ]; do
      file=${files%%|*}
      case $files in *\|*) files=${files#*|} ;; *) files= ;; esac
      case $file in
        /*) for match in $file; do [ -e "$match" ] && found=1; done ;;
        *) PATH="$PATH:/usr/sbin:/sbin" command -v "$file" >/dev/null 2>&1 && found=1 ;;
      esac
    done
    [ -n "$found" ] || missing="$missing $package"
  done
}

# Installs what need() found missing: as root through apt; anyone else is told the one line and the script stops.
install_missing() {
  [ -n "$missing" ] || return 0
  if ! command -v apt-get >/dev/null 2>&1; then
    say "these Debian packages, or what your distribution calls them, are missing:$missing"
    exit 1
  fi
  if [ "$(id -u)" -ne 0 ]; then
    say "some programs are missing; this line installs them:"
    printf '  sudo apt-get install --no-install-recommends%s\n' "$missing" >&2
    exit 1
  fi
  say "installing$missing"
  export DEBIAN_FRONTEND=noninteractive
  log=$(mktemp)
  # shellcheck disable=SC2086 # a list of package names
  if ! { apt-get update && apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    say "apt could not install them; the whole log is $log"
    exit 1
  fi
  rm -f "$log"
  missing=
}

need_dotnet() {
  if ! command -v dotnet >/dev/null 2>&1; then
    say "the .NET SDK 10 is missing: https://learn.microsoft.com/dotnet/core/install/linux"
    exit 1
  fi
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE=1
}

# What a build needs: the base's installer, its user namespaces, the codecs.
need_runtime() {
  need mmdebstrap:mmdebstrap uidmap:newuidmap debian-archive-keyring:/usr/share/keyrings/debian-archive-keyring.gpg \
    'libzstd1:/usr/lib/*/libzstd.so.1|/lib/*/libzstd.so.1|/usr/lib64/libzstd.so.1' \
    'liblzma5:/usr/lib/*/liblzma.so.5|/lib/*/liblzma.so.5|/usr/lib64/liblzma.so.5' \
    'libdeflate0:/usr/lib/*/libdeflate.so.0|/lib/*/libdeflate.so.0|/usr/lib64/libdeflate.so.0' \
    'liblz4-1:/usr/lib/*/liblz4.so.1|/lib/*/liblz4.so.1|/usr/lib64/liblz4.so.1' \
    'liblzo2-2:/usr/lib/*/liblzo2.so.2|/lib/*/liblzo2.so.2|/usr/lib64/liblzo2.so.2' \
    'zlib1g:/usr/lib/*/libz.so.1|/lib/*/libz.so.1|/usr/lib64/libz.so.1'
}

# What booting an image needs.
need_emulator() {
  need qemu-system-x86:qemu-system-x86_64 ovmf:/usr/share/OVMF/OVMF_CODE_4M.fd
}

# What making and booting images of other architectures needs beside that.
need_foreign() {
  need qemu-user-static:qemu-aarch64-static binfmt-support:update-binfmts arch-test:arch-test \
    qemu-system-arm:qemu-system-aarch64 qemu-efi-aarch64:/usr/share/AAVMF/AAVMF_CODE.fd \
    qemu-system-misc:qemu-system-riscv64 opensbi:/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_jump.elf \
    u-boot-qemu:/usr/lib/u-boot/qemu-riscv64_smode/uboot.elf kmod:depmod
}

# Has the kernel run other architectures' programs by QEMU. A machine's init does that; a container has none.
register_foreign() {
  [ "$(id -u)" -eq 0 ] || return 0
  [ -e /proc/sys/fs/binfmt_misc/register ] || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc 2>/dev/null || return 0
  for emulator in qemu-aarch64 qemu-arm qemu-riscv64; do
    [ -e "/proc/sys/fs/binfmt_misc/$emulator" ] || update-binfmts --enable "$emulator" 2>/dev/null || true
  done
}

# The tools that the tests hold our images against.
need_test_tools() {
  need ovmf-ia32:/usr/share/OVMF/OVMF32_CODE_4M.secboot.fd e2fsprogs:e2fsck fsverity:fsverity cryptsetup-bin:veritysetup openssl:openssl procps:pgrep faketime:faketime dosfstools:fsck.fat mtools:mcopy xfsprogs:mkfs.xfs gdisk:sgdisk fdisk:sfdisk genimage:genimage \
    qemu-utils:qemu-img bmap-tools:bmaptool android-sdk-libsparse-utils:simg2img libxml2-utils:xmllint \
    libarchive-tools:bsdtar xz-utils:xz zstd:zstd gzip:gzip cpio:cpio attr:setfattr acl:setfacl libcap2-bin:setcap \
    squashfs-tools:unsquashfs squashfs-tools-ng:sqfs2tar p7zip-full:7z erofs-utils:fsck.erofs \
    xorriso:xorriso genisoimage:genisoimage btrfs-progs:mkfs.btrfs xfsprogs:mkfs.xfs f2fs-tools:mkfs.f2fs \
    podman:podman crun:crun skopeo:skopeo umoci:umoci \
<<<<<<< HEAD
    nix-bin:nix-store patchelf:patchelf kmod:depmod lzip:lzip bzip2:bzip2 sqlite3:sqlite3 \
=======
    mtd-utils:mkfs.jffs2 u-boot-tools:mkimage device-tree-compiler:dtc mdadm:mdadm rauc:rauc arm-trusted-firmware-tools:fiptool \
    nix-bin:nix-store sqlite3:sqlite3 \
>>>>>>> main
    dpkg-dev:dpkg-scanpackages openssh-client:ssh busybox-static:busybox systemd:systemctl systemd-container:systemd-dissect passwd:useradd \
    grub-common:grub-mkimage grub-pc-bin:/usr/lib/grub/i386-pc/kernel.img \
    grub-efi-amd64-bin:/usr/lib/grub/x86_64-efi/kernel.img \
    sbsigntool:sbverify osslsigncode:osslsigncode binutils:objdump swtpm:swtpm tpm2-tools:tpm2_unseal \
    systemd-boot-efi:/usr/lib/systemd/boot/efi/linuxx64.efi.stub
}
