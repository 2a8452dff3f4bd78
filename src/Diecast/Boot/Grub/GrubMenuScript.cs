using System.Globalization;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;
using Diecast.Systems;

namespace Diecast.Boot;

/// <summary>
/// A program for /etc/grub.d that prints the whole menu for the kernels that are there when it runs. Where entries need what
/// 10_linux cannot say, an initial RAM disk behind the kernel's own or an entry that keeps changes, it takes 10_linux's place,
/// so that update-grub writes the menu that the image was made with.
/// </summary>
internal static class GrubMenuScript
{
    /// <summary>Path of the program.</summary>
    internal const string Path = "/etc/grub.d/10_diecast";

    /// <summary>GRUB's own, which is kept from running and not taken away: it is its package's.</summary>
    internal const string ReplacedPath = "/etc/grub.d/10_linux";

    private const string BootDirectory = "/boot/";
    private const int Executable = 0b111_101_101;
    private const int ExecuteBits = 0b001_001_001;

    /// <summary>Whether a menu has entries that 10_linux does not make, of kernels that the program finds.</summary>
    internal static bool IsNeeded(GrubMenu menu, IReadOnlyList<KernelImage> kernels) =>
        (menu.ExtraInitrd is not null || menu.Entries.Any(entry => entry.Note is not null))
        && kernels.All(kernel => kernel.Path.StartsWith(BootDirectory + "vmlinu", StringComparison.Ordinal));

    /// <summary>Puts the program into the tree and keeps GRUB's own from running.</summary>
    internal static void Install(TreeEditor editor, GrubMenu menu, GrubLocation location)
    {
        editor.Put(Path, new FileInode(Blob.FromText(Create(menu, location)), Executable));
        if (editor.Tree.ResolveFile(ReplacedPath) is { } replaced)
            replaced.Mode &= ~ExecuteBits;
    }

    /// <summary>The program.</summary>
    internal static string Create(GrubMenu menu, GrubLocation location)
    {
        bool isKept = menu.Entries.Any(entry => entry.Note is not null);
        var text = new StringBuilder();
        text.Append("#!/bin/sh\n");
        text.Append(CultureInfo.InvariantCulture, $"# Made with the image by Diecast; run by update-grub in place of {ReplacedPath}, which is not executable:\n");
        text.Append("# the entries that the image was made with, for the kernels that are there now.\nset -e\n\n");
        text.Append(CultureInfo.InvariantCulture, $"directory={GrubText.ShellWord(location.PathOf(BootDirectory).TrimEnd('/'))}\n");
        text.Append(CultureInfo.InvariantCulture, $"root={GrubText.ShellWord(menu.Root)}\n");
        text.Append(CultureInfo.InvariantCulture, $"extra={GrubText.ShellWord(menu.ExtraInitrd is { } extra ? GrubText.Word(extra) : "")}\n");
        text.Append(CultureInfo.InvariantCulture, $"menu={GrubText.ShellWord(location.FileSystemUuid)}\n");
        text.Append(Functions);
        text.Append("declared() {\n");
        if (menu.Declared.Count == 0)
        {
            text.Append("    :\n");
        }
        else
        {
            text.Append("    cat <<'END_OF_ENTRIES'\n");
            text.Append(GrubConfig.CreateDeclared(menu));
            text.Append("END_OF_ENTRIES\n");
        }

        text.Append("}\n");
        text.Append(isKept ? Main.Replace("# kept", KeptEntry, StringComparison.Ordinal) : Main.Replace("    # kept\n", "", StringComparison.Ordinal));
        return text.ToString();
    }

    /// <summary>The order of versions is that of <see cref="KernelVersion"/>: release candidates before their release.</summary>
    private const string Functions = """

        # What GRUB found out stands over what was known when the image was made.
        case $root in
            UUID=*) root=UUID=${GRUB_DEVICE_UUID:-${root#UUID=}} ;;
        esac
        menu=${GRUB_DEVICE_BOOT_UUID:-$menu}
        arguments="$GRUB_CMDLINE_LINUX${GRUB_CMDLINE_LINUX_DEFAULT:+ $GRUB_CMDLINE_LINUX_DEFAULT}"
        title=$(if [ -r /etc/os-release ]; then . /etc/os-release; fi; printf %s "${PRETTY_NAME:-Linux}")

        versions() {
            for image in /boot/vmlinuz-* /boot/vmlinux-*; do
                case $image in
                    *.old|*.bak|*.dpkg-new|*.dpkg-old|*.dpkg-tmp|*~|*.rpmsave|*.rpmnew) ;;
                    *) if [ -f "$image" ]; then echo "${image#/boot/vmlinu?-}"; fi ;;
                esac
            done | sed 's/-rc/~rc/; s/-trunk/~trunk/' | LC_ALL=C sort -r -u -V | sed 's/~rc/-rc/; s/~trunk/-trunk/'
        }

        # entry TITLE VERSION ARGUMENTS
        entry() {
            kernel=vmlinuz
            if [ ! -f "/boot/vmlinuz-$2" ]; then kernel=vmlinux; fi
            initrd=
            if [ -f "/boot/initrd.img-$2" ]; then initrd=$directory/initrd.img-$2; fi
            printf "\nmenuentry '%s' --class gnu-linux --class os {\n" "$(printf %s "$1" | sed "s/'/'\\\\''/g")"
            printf '    linux %s root=%s ro%s\n' "$directory/$kernel-$2" "$root" "${3:+ $3}"
            if [ -n "$extra" ]; then
                printf '    if [ -f %s ]; then\n        initrd %s\n' "$extra" "${initrd:+$initrd }$extra"
                if [ -n "$initrd" ]; then printf '    else\n        initrd %s\n' "$initrd"; fi
                printf '    fi\n'
            elif [ -n "$initrd" ]; then
                printf '    initrd %s\n' "$initrd"
            fi
            printf '}\n'
        }


        """;

    private const string KeptEntry =
        "entry \"$title (changes are kept)\" \"$version\" \"$(printf %s \"$arguments\" | sed -E 's/(^| )diecast\\.volatile=[^ ]*//g; s/^ +//; s/.$/& /')diecast.volatile=no\"";

    private const string Main = """

        # Settings before this may have left GRUB at another file system, as that of a font.
        if [ -n "$menu" ]; then printf 'search --no-floppy --set=root --fs-uuid %s\n' "$menu"; fi
        first=yes
        versions | while read -r version; do
            echo "Found linux image: /boot/vmlinuz-$version" >&2
            if [ -z "$first" ]; then
                entry "$title, with Linux $version" "$version" "$arguments"
                continue
            fi
            first=
            entry "$title" "$version" "$arguments"
            declared
            # kept
        done

        """;
}
