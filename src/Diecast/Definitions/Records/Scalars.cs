using Diecast.Definitions.Shapes;

namespace Diecast.Definitions.Records;

/// <summary>The shapes of single values that several records share.</summary>
internal static class Scalars
{
    internal static readonly BooleanShape Boolean = new();
    internal static readonly ByteSizeShape Size = new();
    internal static readonly SizeOrWordShape<ImageSize> SizeOrAuto =
        new("auto", "4G", "sizeOrAuto", size => new ImageSize(size), size => size.Exact);
    internal static readonly GuidShape Uuid = new();

    /// <summary>A user or group number; 4294967295 means none to the kernel.</summary>
    internal static readonly NumberShape<uint> Id = new("a number of an account", 0, uint.MaxValue - 1);

    internal static readonly ChoiceShape<HostOwnership> Ownership = new("an ownership");

    internal static readonly HostPathShape DirectoryPath = new("the path of a directory");
    internal static readonly HostPathShape FilePath = new("the path of a file");
    internal static readonly HostPathShape AnyPath = new("the path of a file or directory");
}
