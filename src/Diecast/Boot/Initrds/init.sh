#!/bin/busybox sh
# The first process of Diecast's initial RAM disk: loads the modules that the image was made with, finds the root
# device, mounts it and hands over to the system. What it understands on the kernel's command line:
#
#   root=DEVICE            UUID=, LABEL=, PARTUUID=, PARTLABEL= or a path in /dev
#   rootfstype=TYPE        type of the file system; default: the first of a list that mounts
#   rootflags=OPTIONS      mount options
#   roothash=HASH          the root is protected by dm-verity with this root hash; its halves are the ids of the partitions of
#                          data and hashes, unless systemd.verity_root_data= and systemd.verity_root_hash= name devices;
#                          systemd.verity_root_options= is a list of panic-on-corruption, restart-on-corruption, ignore-corruption,
#                          ignore-zero-blocks, check-at-most-once
#   usrhash=HASH           the same for /usr, with systemd.verity_usr_data= and so on, mount.usrfstype=, mount.usrflags=
#   rd.luks.name=UUID=NAME the device whose LUKS header has this UUID is opened as /dev/mapper/NAME, as dracut and systemd have it
#   rd.luks.options=LIST   discard: what is freed is told to the disk
#   rd.luks.key=PATH       a file of this initial RAM disk opens it; default: what is typed on the console
#   ro, rw                 how the root is mounted; default: ro
#   init=PROGRAM           program to start; default: /sbin/init
#   quiet                  say nothing unless something fails
#   panic=SECONDS          wait so long after a failure, then reboot; negative: at once; 0 or absent: stop
#   break[=WHERE]          open a shell: premount (default), or init, before the system starts
#   diecast.timeout=N      seconds to wait for the root device; default: 30
#   diecast.volatile=HOW   yes keeps every change in memory, and the root itself is only read; no does not; a size as in
#                          512M or 25%, as tmpfs takes it, is yes with so much memory at most; default: no
#   diecast.image=PATH     the root is a file system in this file of the root device, which is read only
#   diecast.store=TAG:PATH mount what the machine's host shares by 9p as TAG at PATH of the system, for reading alone
#   diecast.shell          open a shell when something fails

export PATH=/bin
/bin/busybox --install -s /bin

mount -t proc -o nosuid,nodev,noexec proc /proc
mount -t sysfs -o nosuid,nodev,noexec sysfs /sys
mount -t devtmpfs -o mode=0755,nosuid dev /dev
mount -t tmpfs -o mode=0755,nosuid,nodev run /run

# The kernel may have had no console to give to its first process.
if (: </dev/console) 2>/dev/null; then
    exec </dev/console >/dev/console 2>&1
fi

root= type= options= access=ro init=/sbin/init
timeout=30 panic=0 quiet= volatile=no image= store= rescue= stop= partition_of_root=
root_hash= root_data= root_tree= root_verity= usr_hash= usr_data= usr_tree= usr_verity= usr_type= usr_options=
luks_uuid= luks_name= luks_options= luks_key=

# Words of the command line are taken as they are, without expanding patterns.
set -f
for word in $(cat /proc/cmdline); do
    value=${word#*=}
    case $word in
        root=*) root=$value ;;
        rootfstype=*) type=$value ;;
        rootflags=*) options=$value ;;
        roothash=*) root_hash=$value ;;
        systemd.verity_root_data=*) root_data=$value ;;
        systemd.verity_root_hash=*) root_tree=$value ;;
        systemd.verity_root_options=*) root_verity=$value ;;
        usrhash=*) usr_hash=$value ;;
        systemd.verity_usr_data=*) usr_data=$value ;;
        systemd.verity_usr_hash=*) usr_tree=$value ;;
        systemd.verity_usr_options=*) usr_verity=$value ;;
        mount.usrfstype=*) usr_type=$value ;;
        mount.usrflags=*) usr_options=$value ;;
        rd.luks.name=*=*) luks_uuid=${value%%=*} luks_name=${value#*=} ;;
        rd.luks.options=*) luks_options=$value ;;
        rd.luks.key=*) luks_key=$value ;;
        ro | rw) access=$word ;;
        init=*) init=$value ;;
        quiet) quiet=1 ;;
        panic=*) panic=$value ;;
        break) stop=premount ;;
        break=*) stop=$value ;;
        diecast.timeout=*) timeout=$value ;;
        diecast.volatile) volatile=yes ;;
        diecast.volatile=*) volatile=$value ;;
        diecast.image=*) image=$value ;;
        diecast.store=*) store=$value ;;
        diecast.shell) rescue=1 ;;
    esac
done
set +f

say() {
    [ -n "$quiet" ] || echo "initrd: $*"
}

seconds() {
    cut -d. -f1 /proc/uptime
}

# Runs a shell on the console, with job control where the console is a terminal.
shell() {
    echo "initrd: $1; leave the shell to go on"
    setsid cttyhack sh -i
}

# Explains a failure, and ends as the command line asks.
fail() {
    echo "initrd: FAILED: $1"
    shift
    for line in "$@"; do
        echo "initrd:   $line"
    done
    if [ -n "$rescue" ]; then
        shell "a shell was asked for by diecast.shell"
        sync
        reboot -f
    fi
    case $panic in
        -*) reboot -f ;;
        0* | *[!0-9]* | '') ;;
        *)
            echo "initrd: rebooting in $panic seconds"
            sleep "$panic"
            reboot -f
            ;;
    esac
    echo "initrd: stopped; add diecast.shell to the kernel's command line for a shell, or panic=10 to reboot"
    while :; do
        sleep 3600
    done
}

# Loads the modules, whose file has a line for each: its name, then those that it needs. Many drive hardware that this
# machine does not have, so that a refusal is no failure by itself; what needs a refused one is not tried. $refused
# lists them for the case that the root cannot be found.
load_modules() {
    refused=' '
    while read -r module needs; do
        wanted=1
        for need in $needs; do
            case $refused in
                *" $need "*) wanted= ;;
            esac
        done
        [ -n "$wanted" ] && insmod "/lib/modules/$module" 2>/dev/null || refused="$refused$module "
    done </lib/modules/order
}

# Prints the bytes $2..$2+$3 of the device $1 as words of two hexadecimal digits.
bytes() {
    dd if="$1" bs=1 skip="$2" count="$3" 2>/dev/null | od -An -v -tx1
}

# Prints the little-endian number of the bytes.
number() {
    hex=
    for byte in "$@"; do
        hex=$byte$hex
    done
    echo $((0x0$hex))
}

# Prints the id of partition $2 of the disk $1 as PARTUUID= has it: of the partition's entry in a GPT, or made of
# the disk's signature in an MBR.
partition_id() {
    sector=$(cat "/sys/class/block/${1##*/}/queue/logical_block_size" 2>/dev/null) || return 1
    # shellcheck disable=SC2046 # the words are bytes
    if [ "$(dd if="$1" bs=1 skip="$sector" count=8 2>/dev/null)" = 'EFI PART' ]; then
        table=$(number $(bytes "$1" $((sector + 72)) 8))
        size=$(number $(bytes "$1" $((sector + 84)) 4))
        set -- $(bytes "$1" $((table * sector + ($2 - 1) * size + 16)) 16)
        [ $# = 16 ] || return 1
        echo "$4$3$2$1-$6$5-$8$7-$9${10}-${11}${12}${13}${14}${15}${16}"
    else
        partition=$2
        set -- $(bytes "$1" 440 4)
        [ $# = 4 ] || return 1
        printf '%s-%02x\n' "$4$3$2$1" "$partition"
    fi
}

# Prints the device of the partition whose id is $1, in lower case.
find_partition_id() {
    for node in /sys/class/block/*/partition; do
        [ -e "$node" ] || continue
        partition=${node%/partition}
        path=$(readlink -f "$partition")
        disk=${path%/*}
        if [ "$(partition_id "/dev/${disk##*/}" "$(cat "$node")")" = "$1" ]; then
            echo "/dev/${partition##*/}"
            return
        fi
    done
}

# Prints the device of the partition whose name is $1.
find_partition_name() {
    for node in /sys/class/block/*/uevent; do
        if grep -qxF "PARTNAME=$1" "$node"; then
            node=${node%/uevent}
            echo "/dev/${node##*/}"
            return
        fi
    done
}

# Prints the device of the ISO 9660 volume whose UUID is $1: the digits of its time of modification, which busybox's
# findfs does not know. They are in the primary volume descriptor, which is the first.
find_volume() {
    digits=$(echo "$1" | tr -d -)
    for node in /sys/class/block/*; do
        volume=/dev/${node##*/}
        case $volume in
            /dev/fd* | /dev/loop* | /dev/ram*) continue ;;
        esac
        [ "$(dd if="$volume" bs=1 skip=32769 count=5 2>/dev/null)" = CD001 ] || continue
        if [ "$(dd if="$volume" bs=1 skip=33598 count=16 2>/dev/null)" = "$digits" ]; then
            echo "$volume"
            return
        fi
    done
}

# Prints the device that $1 means as root= has it, or nothing while it is not there.
find_device() {
    case $1 in
        UUID=????-??-??-??-??-??-??) find_volume "${1#UUID=}" ;;
        UUID=* | LABEL=*) findfs "$1" 2>/dev/null ;;
        PARTUUID=*) find_partition_id "$(echo "${1#PARTUUID=}" | tr A-F a-f)" ;;
        PARTLABEL=*) find_partition_name "${1#PARTLABEL=}" ;;
        /dev/*) [ ! -b "$1" ] || echo "$1" ;;
    esac
}

# Waits for the device $2, which the command line's $1 names, and sets $device.
wait_for() {
    case $2 in
        UUID=* | LABEL=* | PARTUUID=* | PARTLABEL=* | /dev/*) ;;
        '') fail "there is no $1= on the kernel's command line" ;;
        *) fail "$1=$2 is not understood" "use UUID=, LABEL=, PARTUUID=, PARTLABEL= or a path in /dev" ;;
    esac
    limit=$(($(seconds) + timeout))
    until device=$(find_device "$2") && [ -n "$device" ]; do
        if [ "$(seconds)" -ge "$limit" ]; then
            fail "no device is $1=$2 after $timeout seconds" \
                "block devices: $(ls /sys/class/block | tr '\n' ' ')" \
                "modules that found no hardware:$refused"
        fi
        sleep 0.1
    done
    say "$1 is $device"
}

# Prints the half of a root hash that is a partition's id: its $2th to $3th digit.
half() {
    echo "$1" | cut -c"$2-$3" | sed -E 's/^(.{8})(.{4})(.{4})(.{4})(.{12})$/PARTUUID=\1-\2-\3-\4-\5/'
}

# Sets $arguments to the optional arguments of dm-verity for the options $1, with how many they are before them.
verity_arguments() {
    count=0 words=
    for option in $(echo "$1" | tr , ' '); do
        case $option in
            panic-on-corruption | restart-on-corruption | ignore-corruption | ignore-zero-blocks | check-at-most-once)
                words="$words $(echo "$option" | tr - _)" count=$((count + 1))
                ;;
            *) fail "verity has no option $option" "use panic-on-corruption, restart-on-corruption, ignore-corruption, ignore-zero-blocks or check-at-most-once" ;;
        esac
    done
    arguments=
    [ $count = 0 ] || arguments=" $count$words"
}

# Makes the device /dev/mapper/$1 of the data that the root hash $2 vouches for, on the devices $3 and $4, which follow from
# the hash where they are not given; with the options $5. The superblock of the hashes says how they were made; that it says
# the truth is known, as the root hash would be another otherwise.
open_verity() {
    case $2 in
        *[!0-9a-f]* | '') fail "the hash of $1 is not understood: $2" "it has hexadecimal digits in small letters" ;;
    esac
    wait_for "systemd.verity_$1_data" "${3:-$(half "$2" 1 32)}"
    data=$device
    wait_for "systemd.verity_$1_hash" "${4:-$(half "$2" 33 64)}"
    tree=$device
    # shellcheck disable=SC2046 # the words are bytes
    {
        [ "$(dd if="$tree" bs=1 count=6 2>/dev/null)" = verity ] || fail "$tree has no superblock of dm-verity"
        version=$(number $(bytes "$tree" 12 4))
        data_block=$(number $(bytes "$tree" 64 4))
        hash_block=$(number $(bytes "$tree" 68 4))
        blocks=$(number $(bytes "$tree" 72 8))
        salt_length=$(number $(bytes "$tree" 80 2))
    }
    algorithm=$(dd if="$tree" bs=1 skip=32 count=32 2>/dev/null | tr -d '\0')
    salt=$(bytes "$tree" 88 "$salt_length" | tr -d ' \n')
    case $blocks$data_block$hash_block in
        *[!0-9]* | '') fail "the superblock of dm-verity on $tree is damaged" ;;
    esac
    [ "$data_block" -ge 512 ] && [ "$hash_block" -ge 512 ] || fail "the superblock of dm-verity on $tree is damaged"
    table="0 $((blocks * data_block / 512)) verity $version $data $tree $data_block $hash_block $blocks $(((512 + hash_block - 1) / hash_block)) $algorithm $2 ${salt:--}"
    verity_arguments "$5"
    message=$(dmsetup create "$1" --readonly --noudevrules --noudevsync --table "$table$arguments" 2>&1) ||
        fail "$data cannot be protected by dm-verity: $message" "$(dmesg | tail -n 3)"
    dmsetup mknodes "$1" >/dev/null 2>&1
    say "$1 is protected by dm-verity"
}

# Opens the device whose LUKS header has the UUID $1 as /dev/mapper/$2, with the options $3, by the key in the file $4 or by
# what is typed.
open_luks() {
    wait_for rd.luks.name "UUID=$1"
    set -- "$1" "$2" "$3" "$4" "$device"
    allowed=
    for option in $(echo "$3" | tr , ' '); do
        case $option in
            discard) allowed=--allow-discards ;;
            *) fail "rd.luks.options=$option is not understood" "use discard" ;;
        esac
    done
    # There is no udev here to make nodes in /dev/mapper and to say when.
    export DM_DISABLE_UDEV=1
    if [ -n "$4" ]; then
        [ -f "$4" ] || fail "there is no key $4 in the initrd"
        # shellcheck disable=SC2086 # without an option there is no word
        message=$(cryptsetup open --type luks $allowed --key-file "$4" "$5" "$2" 2>&1) ||
            fail "$5 cannot be opened by the key $4: $message" "$(dmesg | tail -n 3)"
    else
        # What the kernel says would stand between the question and the answer.
        level=$(cut -f1 /proc/sys/kernel/printk)
        dmesg -n 1
        for try in 1 2 3 last; do
            [ "$try" != last ] || fail "$5 was not opened by what was typed"
            # shellcheck disable=SC2086 # without an option there is no word
            if cryptsetup open --type luks --tries 1 $allowed "$5" "$2"; then
                break
            fi
        done
        dmesg -n "$level"
    fi
    # The system's udev takes a device for ready that was announced as libdevmapper does, which nobody heard here.
    number=$(($(stat -L -c 0x%t "/dev/mapper/$2"))):$(($(stat -L -c 0x%T "/dev/mapper/$2")))
    mkdir -p /run/udev/data
    printf 'E:DM_UDEV_PRIMARY_SOURCE_FLAG=1\n' >"/run/udev/data/b$number"
    say "$5 is open as /dev/mapper/$2"
}

# Mounts the device $1 at $2 with the options $3, as type $4 where it is given.
mount_device() {
    for try in ${4:-ext4 btrfs xfs f2fs erofs squashfs iso9660 vfat}; do
        if message=$(mount -t "$try" -o "$3" "$1" "$2" 2>&1); then
            return
        fi
    done
    fail "$1 cannot be mounted${4:+ as $4}: $message" "$(dmesg | tail -n 3)"
}

# Mounts the root at $1, read-only or not as $2 says. One that is an image is only read, and what holds it stays at
# /run/diecast/medium; its /boot, which the boot loader reads, is the system's.
mount_root() {
    if [ -z "$image" ]; then
        mount_device "$device" "$1" "$2${options:+,$options}" "$type"
        return
    fi
    mkdir -p /run/diecast/medium
    mount_device "$device" /run/diecast/medium ro "$type"
    [ -f "/run/diecast/medium$image" ] || fail "$device has no file $image" "it holds: $(ls /run/diecast/medium | tr '\n' ' ')"
    loop=$(losetup -f) && losetup -r "$loop" "/run/diecast/medium$image" || fail "$image cannot be made a device: is the module loop in the initrd?"
    mount_device "$loop" "$1" "ro${options:+,$options}" ''
}

# Mounts the root with a file system in memory above it, which takes every change.
mount_volatile() {
    size=
    case $volatile in
        yes) ;;
        '' | [!0-9]* | *[!0-9kKmMgGtT%]*) fail "diecast.volatile=$volatile is not understood" "use yes, no, or a size as in 512M or 25%" ;;
        *) size=,size=$volatile ;;
    esac
    mkdir -p /run/diecast/lower /run/diecast/memory
    mount_root /run/diecast/lower ro
    message=$(mount -t tmpfs -o "mode=0755$size" memory /run/diecast/memory 2>&1) || fail "no memory for changes: $message"
    mkdir /run/diecast/memory/upper /run/diecast/memory/work
    mount -t overlay \
        -o lowerdir=/run/diecast/lower,upperdir=/run/diecast/memory/upper,workdir=/run/diecast/memory/work \
        overlay /root || fail "the overlay cannot be mounted: is the module overlay in the initrd?"
    # systemd looks here for the device of a root that is an overlay: which disk to grow, and where the other partitions are.
    # It asks for a partition's disk, and what dm-verity makes is no partition.
    mkdir -p /run/systemd
    ln -s "${partition_of_root:-$device}" /run/systemd/volatile-root
    # The root's line in fstab is of what lies below: with its options nothing would remount, and it is not checked.
    if grep -Eq '^[^#[:space:]]+[[:space:]]+/[[:space:]]' /root/etc/fstab 2>/dev/null; then
        sed -i -E 's,^([^#[:space:]]+[[:space:]]+/[[:space:]].*),# kept in memory: \1,' /root/etc/fstab
    fi
}

# Mounts the directory that the host shares.
mount_store() {
    tag=${store%%:*} path=${store#*:}
    if ! [ -d "/root$path" ]; then
        mkdir -p "/root$path" || fail "there is no $path in the system to mount the shared store at"
    fi
    message=$(mount -t 9p -o ro,trans=virtio,version=9p2000.L,cache=loose,msize=512000 "$tag" "/root$path" 2>&1) ||
        fail "the host does not share $path as $tag: $message" \
            "QEMU shares it by -virtfs local,path=$path,mount_tag=$tag,security_model=none,readonly=on, which diecast run gives"
}

load_modules
[ "$stop" != premount ] || shell "stopped by break=premount"
if [ -n "$root_hash" ]; then
    open_verity root "$root_hash" "$root_data" "$root_tree" "$root_verity"
    root=/dev/mapper/root partition_of_root=$data
fi
if [ -n "$luks_uuid" ]; then
    open_luks "$luks_uuid" "$luks_name" "$luks_options" "$luks_key"
    [ "$root" != "/dev/mapper/$luks_name" ] || partition_of_root=$device
fi
wait_for root "$root"
case $volatile in
    no) mount_root /root "$access" ;;
    *) mount_volatile ;;
esac
if [ -d /run/diecast/medium/boot ] && [ -d /root/boot ]; then
    mount -o bind /run/diecast/medium/boot /root/boot || fail "/boot of $device cannot be shown in the system"
fi

[ -z "$store" ] || mount_store

if [ -n "$usr_hash" ]; then
    open_verity usr "$usr_hash" "$usr_data" "$usr_tree" "$usr_verity"
    mount_device /dev/mapper/usr /root/usr "ro${usr_options:+,$usr_options}" "$usr_type"
fi

# The program may be a link that is absolute in the new root, which a test from here would follow in the old one.
if ! [ -e "/root$init" ] && ! [ -L "/root$init" ]; then
    fail "$device has no $init" "it holds: $(ls /root | tr '\n' ' ')"
fi
[ "$stop" != init ] || shell "stopped by break=init; the root is at /root"

for directory in proc sys dev run; do
    mount -o move "/$directory" "/root/$directory" || fail "$device has no directory /$directory"
done
say "starting $init"
exec switch_root /root "$init"
