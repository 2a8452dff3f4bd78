using System.Text;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Boot;

/// <summary>The files of an initial RAM disk: busybox of the target, modules of the kernel, and one script.</summary>
internal static class InitrdTree
{
    private const int Executable = 0b111_101_101;
    private const int Secret = 0b100_000_000;

    /// <summary>What glibc loads by this name when a thread ends, which no program says that it needs.</summary>
    private const string ThreadLibrary = "libgcc_s.so.1";

    /// <summary>Directories that the script mounts on. The kernel's own /dev has a console before that.</summary>
    private static readonly string[] MountPoints = ["dev", "proc", "root", "run", "sys"];

    private static readonly string[] BusyboxPaths = ["/usr/bin/busybox", "/bin/busybox", "/usr/bin/busybox.static", "/bin/busybox.static"];

    /// <summary>Gathers the files.</summary>
    /// <exception cref="BootException">busybox or a declared module is missing, or not fit.</exception>
    internal static FileTree Build(FileTree root, KernelImage kernel, InitrdOptions options)
    {
        var tree = new FileTree();
        foreach (string directory in MountPoints)
            tree.MakeDirectory(directory);
        tree.Set("/bin/busybox", new FileInode(FindBusybox(root, kernel), Executable));
        tree.Set("/init", new FileInode(InitScript.Content, Executable));
        foreach (string program in options.Programs)
            AddProgram(tree, root, program);
        foreach ((string path, ReadOnlyMemory<byte> content) in options.Secrets)
            tree.Set(path, new FileInode(Blob.FromMemory(content), Secret));
        AddModules(tree, root, kernel, options);
        return tree;
    }

    /// <summary>Adds a program where the script finds it, and where its loader finds its libraries.</summary>
    private static void AddProgram(FileTree tree, FileTree root, string path)
    {
        if (root.ResolveFile(path) is null && path == EncryptedRoot.Program)
            throw new BootException($"there is no {path} in the tree, with which the initial RAM disk opens the encrypted root; add the package {EncryptedRoot.Package} to the base");
        ElfClosure closure = ElfClosure.Find(root, path);
        tree.Set("/bin/" + System.IO.Path.GetFileName(path), new FileInode(closure.Program.Content, Executable));
        if (closure.Loader is { } loader)
            tree.Set(closure.Interpreter!, new FileInode(loader.Content, Executable));
        foreach ((string name, FileInode file) in closure.Libraries)
            tree.Set("/lib/" + name, new FileInode(file.Content, Executable));
        if (path == EncryptedRoot.Program && closure.Loader is not null && ElfClosure.FindLibrary(root, ThreadLibrary, closure.Architecture) is { } threads)
            tree.Set("/lib/" + ThreadLibrary, new FileInode(threads.Content, Executable));
    }

    private static Blob FindBusybox(FileTree root, KernelImage kernel)
    {
        string? dynamic = null;
        foreach (string path in BusyboxPaths)
        {
            if (root.ResolveFile(path) is not { } file)
                continue;
            ElfFile elf = ReadProgram(path, file);
            if (kernel.Architecture != Architecture.Unknown && elf.Architecture != kernel.Architecture)
                throw new BootException($"{path} is for {elf.Architecture}, the kernel {kernel.Version} for {kernel.Architecture}");
            if (elf.IsStatic)
                return file.Content;
            dynamic ??= path;
        }

        throw new BootException(dynamic is null
            ? "there is no /usr/bin/busybox in the tree, which the initial RAM disk is made of; add the package busybox-static to the base"
            : $"{dynamic} needs shared libraries, which the initial RAM disk does not have; use the package busybox-static in place of busybox");
    }

    private static ElfFile ReadProgram(string path, FileInode file)
    {
        try
        {
            return ElfFile.Read(file.Content);
        }
        catch (InvalidImageException exception)
        {
            throw new BootException($"{path} is no program: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// Adds the modules and the order to load them in: a line each with the file's name and the names of those without
    /// which it cannot be loaded.
    /// </summary>
    private static void AddModules(FileTree tree, FileTree root, KernelImage kernel, InitrdOptions options)
    {
        var order = new StringBuilder();
        if (kernel.ModulesPath is { } directory)
        {
            var index = ModuleIndex.Read(root, directory);

            // A driver says by an alias which types it mounts: iso9660 is in isofs, ext3 in ext4.
            IEnumerable<string> drivers = options.FileSystems.Select(type => index.ModulesOf("fs-" + type).Count > 0 ? "fs-" + type : type);
            IEnumerable<string> wanted = DefaultModules.For(kernel.Architecture).Concat(options.FastModules);
            foreach (ModuleFile module in ModuleResolver.Resolve(index, [.. options.Modules, .. options.ImageModules], wanted, drivers))
            {
                tree.Set("/lib/modules/" + module.FileName, new FileInode(ModuleFileReader.Read(root, directory, module)));
                IEnumerable<string> needs = module.Dependencies.Select(index.Find).OfType<ModuleFile>().Select(need => need.FileName);
                order.AppendJoin(' ', needs.Prepend(module.FileName)).Append('\n');
            }
        }
        else if (!options.Modules.IsEmpty)
        {
            throw new BootException($"the kernel {kernel.Version} has no modules in the tree, but initrd.modules names {string.Join(", ", options.Modules)}");
        }

        tree.Set("/lib/modules/order", new FileInode(Blob.FromText(order.ToString())));
    }
}
