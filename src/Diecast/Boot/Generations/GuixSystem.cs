using System.Text;
using Diecast.Formats;
using Diecast.Formats.Integrity.Signatures;
using Diecast.Formats.Trees;

namespace Diecast.Boot;

/// <summary>
/// Reads how a Guix system boots, from its file <c>parameters</c> (Guix, gnu/system.scm, boot-parameters): the root device, which is
/// an argument of the kernel here, kernel, initial RAM disk and arguments.
/// </summary>
internal static class GuixSystem
{
    private const string ImageName = "bzImage";

    /// <summary>Reads a system.</summary>
    /// <exception cref="BootException">Something of it is not in the tree, or cannot be read.</exception>
    internal static SystemGeneration Read(FileTree root, string system)
    {
        string path = system + "/parameters";
        string text = root.ReadText(path) ?? throw new BootException($"there is no {path}, by which a Guix system says how it boots; name what guix system build has made");
        SExpression parameters;
        try
        {
            parameters = SExpression.Parse(Encoding.UTF8.GetBytes(text));
        }
        catch (InvalidImageException exception)
        {
            throw new BootException($"{path}: {exception.Message}", exception);
        }

        // Version 1 renamed three arguments of the kernel, so that none begins with two dashes.
        string version = Text(parameters, "version") ?? "";
        if (parameters.Name != "boot-parameters" || version is not ("0" or "1"))
            throw new BootException($"{path} is of a version of Guix that is not known here ({version})");
        if (parameters.Find("multiboot-modules") is { Items: [_, { Items.Count: > 0 }] })
            throw new BootException($"{path} is of a system of GNU/Hurd, which type hurd-raw makes of its root tree");
        if (parameters.Find("bootloader-menu-entries") is { Items: [_, { Items.Count: > 0 }] })
            throw new BootException($"{path} has menu entries of its own, which are declared as bootloader.menuEntries here; remove them from the bootloader-configuration");
        string kernel = Text(parameters, "kernel") ?? "";
        // Old versions named the kernel's directory.
        if (root.Resolve(kernel) is DirectoryInode)
            kernel += "/" + ImageName;
        kernel = SystemGeneration.FileOf(root, kernel, "kernel", path);
        string device = Device(parameters.Find("root-device") is { Items: [_, var given] } ? given : throw new BootException($"{path} names no root device"));
        bool isNew = version == "1";
        return new SystemGeneration
        {
            Kind = StoreSystemKind.Guix,
            Path = system,
            Name = "Guix System",
            Default = new GenerationEntry
            {
                Label = Text(parameters, "label") ?? "GNU system",
                Kernel = kernel,
                Initrd = Initrd(root, parameters, path),
                Arguments =
                [
                    $"{(isNew ? "" : "--")}root={device}",
                    $"{(isNew ? "gnu." : "--")}system={system}",
                    $"{(isNew ? "gnu." : "--")}load={system}/boot",
                    .. parameters.Find("kernel-arguments") is { Items: [_, { IsList: true } arguments] } ? arguments.Items.Select(argument => argument.Text) : [],
                ],
            },
            Mounts = [new GenerationMount(SourceOf(device), "/")],
            Architecture = SystemGeneration.ArchitectureOf(root, kernel),
        };
    }

    private static string? Text(SExpression list, string name) => list.Find(name) is { Items: [_, { IsList: false } value] } ? value.Text : null;

    private static string? Initrd(FileTree root, SExpression parameters, string path)
    {
        string? given = parameters.Find("initrd") switch
        {
            { Items: [_, { IsList: false } file] } => file.Text,
            // The oldest form.
            { Items: [_, { Name: "string-append", Items: [_, var directory, var file] }] } => directory.Text + file.Text,
            _ => null,
        };
        return given is null ? null : SystemGeneration.FileOf(root, given, "initial RAM disk", path);
    }

    /// <summary>The root as the kernel's argument has it: a UUID in its usual form whatever file system it is of, a label, or a device.</summary>
    private static string Device(SExpression device)
    {
        if (device is { Name: "uuid", Items: [_, { } type, { } bytes] })
            return Uuid(bytes.Bytes, type.Text);
        if (device is { Name: "file-system-label", Items: [_, var label] })
            return label.Text;
        return !device.IsQuoted && device.Bytes.Length == 16 ? Uuid(device.Bytes, "dce") : device.Text;
    }

    private static string Uuid(ReadOnlySpan<byte> bytes, string type) => bytes.Length == 16
        ? new Guid(bytes, bigEndian: true).ToString()
        : throw new BootException($"the system's root device is a UUID of the type {type}, which no root has that is written here");

    /// <summary>Guix's initial RAM disk takes what is no path and no UUID for a label (gnu/build/file-systems.scm).</summary>
    private static string SourceOf(string device) =>
        device.StartsWith('/') ? device : Guid.TryParseExact(device, "D", out _) ? "UUID=" + device : "LABEL=" + device;
}
