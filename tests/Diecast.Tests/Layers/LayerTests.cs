using System.Reflection;
using Diecast.Formats.Blobs;

namespace Diecast.Tests.Layers;

/// <summary>The arrows of docs/architecture.md.</summary>
public sealed class LayerTests
{
    private static readonly string[] Formats = ["Archives", "Disks", "Executables", "Firmware", "Integrity", "Partitioning"];

    [Fact]
    public void A_file_stands_in_the_folder_of_its_namespace() => AssertNone(
        from file in SourceFile.All
        where file.Namespace.Length > 0 && !Area(file).StartsWith("Diecast.Cli", StringComparison.Ordinal)
        where !SourceFile.IsWithin(file.Folder, file.Namespace) || (file.Namespace == "Diecast" && Area(file) is not ("Diecast" or "Diecast.Model"))
        select $"{file.Path} declares {file.Namespace}");

    [Fact]
    public void No_format_knows_another() => AssertNone(
        from file in SourceFile.All
        let own = Format(file.Folder)
        from reference in file.References
        let other = Format(reference)
        where other is not null && SourceFile.IsWithin(file.Folder, "Diecast.Formats") && other != own && !IsComposite(file)
        select $"{file.Path} uses {reference}");

    /// <summary>The system calls fill inodes for the host directory's reader; they stand below both.</summary>
    [Fact]
    public void Only_archives_and_file_systems_use_trees() => AssertNone(
        from file in SourceFile.All
        where SourceFile.IsWithin(file.Folder, "Diecast.Formats") && file.References.Contains("Diecast.Formats.Trees")
        where Area(file) is not ("Diecast.Formats.Archives" or "Diecast.Formats.FileSystems" or "Diecast.Formats.Trees" or "Diecast.Formats.Native")
        where !IsComposite(file)
        select $"{file.Path} uses Diecast.Formats.Trees");

    [Fact]
    public void The_model_stands_alone() => AssertNone(
        from file in SourceFile.All
        where Area(file) == "Diecast.Model"
        from reference in file.References
        where reference != "Diecast"
        select $"{file.Path} uses {reference}");

    [Theory]
    [InlineData("Diecast.Bases")]
    [InlineData("Diecast.Systems")]
    [InlineData("Diecast.Boot")]
    public void What_makes_the_tree_does_not_know_what_makes_the_image(string area) => AssertNone(
        from file in SourceFile.All
        where Area(file) == area
        from reference in file.References
        where SourceFile.IsWithin(reference, "Diecast.Building") || SourceFile.IsWithin(reference, "Diecast.Planning")
        select $"{file.Path} uses {reference}");

    [Fact]
    public void The_libraries_refer_downwards_and_never_to_a_terminal()
    {
        string[] formats = References(typeof(Blob).Assembly);
        string[] builder = References(typeof(Definition).Assembly);

        Assert.DoesNotContain(formats, name => name.StartsWith("Diecast", StringComparison.Ordinal));
        Assert.Equal(["Diecast.Formats"], builder.Where(name => name.StartsWith("Diecast", StringComparison.Ordinal)));
        foreach (string name in formats.Concat(builder))
            Assert.DoesNotContain(name, new[] { "Spectre.Console", "System.CommandLine", "System.Console" });
    }

    [Theory]
    [InlineData("using Diecast.Boot;", "Diecast.Boot")]
    [InlineData("using static Diecast.Boot.Thing;", "Diecast.Boot")]
    [InlineData("using Short = Diecast.Boot.Thing;", "Diecast.Boot")]
    [InlineData("var x = new Boot.Thing();", "Diecast.Boot")]
    [InlineData("global::Diecast.Boot.Thing.Do();", "Diecast.Boot")]
    [InlineData("// see Boot.Thing", null)]
    [InlineData("var x = \"Boot.Thing\";", null)]
    [InlineData("var x = this.Boot.Thing;", null)]
    [InlineData("var x = Boots.Thing;", null)]
    public void References_are_found_as_the_language_looks_them_up(string text, string? expected) =>
        Assert.Equal(expected, SourceFile.FindReferences(text, "Diecast.Bases", new HashSet<string> { "Diecast.Bases", "Diecast.Boot" }).SingleOrDefault());

    private static string[] References(Assembly assembly) =>
        [.. assembly.GetReferencedAssemblies().Select(reference => reference.Name!).Order(StringComparer.Ordinal)];

    /// <summary>The project's folder that a file stands in, as in <c>Diecast.Formats.Blobs</c>.</summary>
    private static string Area(SourceFile file)
    {
        string[] parts = file.Folder.Split('.');
        int length = SourceFile.IsWithin(file.Folder, "Diecast.Formats") ? 3 : 2;
        return string.Join('.', parts.Take(length));
    }

    /// <summary>The format that a namespace belongs to, or null where it is shared by all.</summary>
    private static string? Format(string name)
    {
        string[] parts = name.Split('.');
        if (parts is ["Diecast", "Formats", "FileSystems", var fileSystem, ..])
            return fileSystem;
        return parts is ["Diecast", "Formats", var folder, ..] && Formats.Contains(folder) ? folder : null;
    }

    /// <summary>
    /// Disks within an archive, ISO images that are disks with a partition table too, the catalogue that finds a format by its
    /// name, and what tells what is on a disk: they are made of formats, and stand above them.
    /// </summary>
    private static bool IsComposite(SourceFile file) =>
        file.Folder is "Diecast.Formats.Disks.Catalogue" or "Diecast.Formats.Disks.Gce" or "Diecast.Formats.Disks.Ova" or "Diecast.Formats.Inspection"
            or "Diecast.Formats.FileSystems.Iso9660";

    private static void AssertNone(IEnumerable<string> violations) => Assert.Equal([], violations);
}
