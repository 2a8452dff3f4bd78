using Diecast.Boot;
using Diecast.Formats.Trees;

namespace Diecast.Tests.Boot.Generations;

/// <summary>Trees of stores' systems with just what booting them reads.</summary>
internal static class StoreSystems
{
    internal const string Top = "/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-nixos-system-host-25.05";
    internal const string Calm = "/nix/store/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb-nixos-system-host-25.05";
    internal const string KernelFile = "/nix/store/cccccccccccccccccccccccccccccccc-linux-6.12/bzImage";
    internal const string InitrdFile = "/nix/store/dddddddddddddddddddddddddddddddd-initrd-linux-6.12/initrd";
    internal const string Guix = "/gnu/store/ffffffffffffffffffffffffffffffff-system";
    internal const string GuixKernel = "/gnu/store/gggggggggggggggggggggggggggggggg-linux-libre-6.12/bzImage";
    internal const string GuixInitrd = "/gnu/store/hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh-raw-initrd/initrd.cpio.gz";

    internal static string Spec(string top, string parameters = "\"quiet\"", string more = "", string specialisations = "") => $$"""
        {
          "org.nixos.bootspec.v1": {
            "init": "{{top}}/init", "initrd": "{{InitrdFile}}", "kernel": "{{KernelFile}}", "kernelParams": [ {{parameters}} ],
            "label": "NixOS Warbler 25.05 (Linux 6.12)", "system": "x86_64-linux", "toplevel": "{{top}}" {{more}}
          },
          "org.nixos.specialisation.v1": { {{specialisations}} }
        }
        """;

    /// <summary>A NixOS system; with boot.json where one is given.</summary>
    internal static FileTree Nixos(string? spec, params (string Path, Inode Inode)[] more)
    {
        var tree = BootTrees.Of(
            (KernelFile, BootTrees.X86Kernel()),
            (InitrdFile, BootTrees.Text("initrd")),
            (Top + "/kernel", new SymlinkInode(KernelFile)),
            (Top + "/initrd", new SymlinkInode(InitrdFile)),
            (Top + "/init", BootTrees.Text("#!")),
            (Top + "/nixos-version", BootTrees.Text("25.05.1")),
            (Top + "/kernel-params", BootTrees.Text("loglevel=4 dyndbg=\"file a.c +p\" ")),
            ("/nix/var/nix/profiles/system", new SymlinkInode("system-1-link")),
            ("/nix/var/nix/profiles/system-1-link", new SymlinkInode(Top)));
        if (spec is not null)
            tree.Set(Top + "/boot.json", BootTrees.Text(spec));
        foreach ((string path, Inode inode) in more)
            tree.Set(path, inode);
        return tree;
    }

    internal static FileTree GuixTree(string parameters) => BootTrees.Of(
        (GuixKernel, BootTrees.X86Kernel()),
        (GuixInitrd, BootTrees.Text("initrd")),
        (Guix + "/parameters", BootTrees.Text(parameters)),
        ("/var/guix/profiles/system", new SymlinkInode("system-1-link")),
        ("/var/guix/profiles/system-1-link", new SymlinkInode(Guix)));

    internal static SystemGeneration Read(FileTree tree) => SystemGeneration.Find(tree)!;
}
