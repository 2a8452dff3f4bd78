using System.Reflection;
using Diecast.Definitions;
using Diecast.Definitions.Documentation;
using Diecast.Definitions.Records;
using Diecast.Definitions.Shapes;
using Diecast.Definitions.Yaml;

namespace Diecast.Tests.Definitions;

/// <summary>The shapes are whole: nothing of the model is without a key, a text or a choice.</summary>
public sealed class ShapeTests
{
    /// <summary>Types of the model that are single values to a definition, or no part of one.</summary>
    // A format option and a named value are entries of maps, whose keys are free; an image type has a function, or a file of its own.
    private static readonly Type[] NotRecords =
        [typeof(ByteSize), typeof(ImageSize), typeof(ValueList), typeof(ValueList<>), typeof(FormatOption), typeof(NamedValue), typeof(ImageType), typeof(ImageKind), typeof(Platform)];

    private static readonly Type[] Records = [.. typeof(Definition).Assembly.GetExportedTypes()
        .Where(t => t.Namespace == "Diecast" && t.IsClass && !NotRecords.Contains(t) && t.GetMethod("<Clone>$") is not null)];

    private static readonly Type[] Enumerations = [.. typeof(Definition).Assembly.GetExportedTypes()
        .Where(t => t.Namespace == "Diecast" && t.IsEnum && !NotRecords.Contains(t))];

    [Fact]
    public void Every_property_of_every_record_has_a_key()
    {
        Dictionary<string, IRecordShape> shapes = AllShapes().OfType<IRecordShape>().DistinctBy(s => s.TypeName).ToDictionary(s => s.TypeName);
        foreach (Type record in Records.Where(r => !r.IsAbstract))
        {
            Assert.True(shapes.TryGetValue(record.Name, out IRecordShape? shape), $"{record.Name} has no shape");
            string[] properties = [.. record.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(p => p.Name).Order()];
            Assert.Equal(properties, shape.Keys.Select(k => k.Property).Concat(shape.Unwritten).Order());
        }

        Assert.Equal(Records.Where(r => !r.IsAbstract).Select(r => r.Name).Order(), shapes.Keys.Order());
    }

    [Fact]
    public void Every_derived_record_is_a_case_of_its_union()
    {
        string[] inUnions = [.. AllShapes().Where(s => s is UnionShape<SystemBase> or UnionShape<PartitionContent> or UnionShape<Service>)
            .SelectMany(u => u.Children).Select(c => ((IRecordShape)c.Shape).TypeName).Distinct().Order()];
        Assert.Equal(Records.Where(r => r.BaseType!.IsAbstract).Select(r => r.Name).Order(), inUnions);
    }

    [Fact]
    public void Setting_a_key_changes_its_own_property_only()
    {
        // A field whose lambdas name two properties would read one key and set another.
        foreach (IRecordShape shape in AllShapes().OfType<IRecordShape>())
        {
            foreach (RecordKey key in shape.Keys)
                Assert.Equal(char.ToLowerInvariant(key.Property[0]) + key.Property[1..], key.Key);
        }

        // A disk has everything but what belongs to archives, and two archives the rest.
        List<string> unset = Unset("everything.yaml");
        string[] others = ["everything-docker.yaml", "everything-wsl.yaml", "everything-iso.yaml", "everything-offset.yaml", "everything-nixos.yaml", "everything-appliance.yaml"];
        IEnumerable<string> everywhere = others.Aggregate(unset.AsEnumerable(), (left, name) => left.Intersect(Unset(name)));
        Assert.All(everywhere.Where(path => path.StartsWith("image.", StringComparison.Ordinal)), path => Assert.Matches(@"^image\.(format\[1\]\.|partitions|blobs|rootFileSystem\.)", path));
        unset.RemoveAll(path => path is "image.compression" or "image.maxLayers" or "image.sharedNetwork" or "image.container" or "image.wsl" or "image.appliance" or "image.rootFileSystem" or "image.free" or "image.bootSize" or "image.fixedIds" or "image.diskId" or "image.hooks");
        // What is left out there is left out on purpose: the other contents of a file.
        Assert.All(unset, path => Assert.Matches(@"^(system\.files\[\d\]\.(source|text|link|mode|user|group)|image\.(label|rootOffset|volatileRoot|sharedStore|secureBoot|efiVariables)$|system\.bootloader\.uki$|image\.veritySignature\.key$|system\.bootloader\.menuEntries\[\d\]\.|image\.format\[1\]\.|image\.(partitions|blobs)\[\d+\]\.|system\.(groups|users)\[[12]\]\.)", path));
    }

    private static List<string> Unset(string name)
    {
        LoadedDefinition loaded = DefinitionReader.Read(Checkout.PathOf("tests/Diecast.Tests/Definitions/" + name));
        return [.. DefinitionPrinter.Rows(loaded.Definition, loaded.Origins).Where(r => r.Position is null).Select(r => r.Path)];
    }

    [Fact]
    public void Texts_of_the_model_are_those_of_its_documentation()
    {
        SortedDictionary<string, string> texts = XmlSummaries.Read([.. Records, .. Enumerations]);
        var code = new System.Text.StringBuilder();
        code.Append(
            """
            // Generated from the documentation of src/Diecast/Model. Do not edit: change it there, then run the tests of
            // Diecast.Tests/Definitions with DIECAST_UPDATE=1.
            namespace Diecast.Definitions;

            /// <summary>What the records' members mean, for the reference page, the JSON schema and messages.</summary>
            internal static class ModelText
            {
                /// <summary>The text of a type or of one of its members, as in <c>Partition.Label</c>.</summary>
                internal static string Of(string member) => member switch
                {

            """.Replace("\r", ""));
        foreach ((string member, string text) in texts)
            code.Append($"        \"{member}\" =>\n            \"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\",\n");
        code.Append(
            """
                    _ => "",
                };
            }

            """.Replace("\r", ""));
        Checkout.AssertGenerated("src/Diecast/Definitions/ModelText.cs", code.ToString());
    }

    [Fact]
    public void Every_key_and_choice_has_a_text()
    {
        foreach (IRecordShape record in AllShapes().OfType<IRecordShape>())
        {
            Assert.NotEmpty(ModelText.Of(record.TypeName));
            Assert.All(record.Keys, k => Assert.False(k.Text.Length == 0, $"{record.TypeName}.{k.Property} has no text"));
        }

        foreach (IChoices choice in AllShapes().OfType<IChoices>())
            Assert.All(choice.Choices, c => Assert.NotEmpty(ModelText.Of(c.Member)));
    }

    [Fact]
    public void The_default_that_a_text_states_is_the_default()
    {
        var wrong = new List<string>();
        foreach (IRecordShape record in AllShapes().OfType<IRecordShape>())
        {
            foreach (RecordKey key in record.Keys.Where(k => k.Presence == Presence.Optional))
            {
                string stated = DefinitionReference.SplitDefault(key.Text).Default ?? "";
                bool agrees = key.Default switch
                {
                    null => stated.Length > 0,
                    YamlScalar { Text: "false" } => stated == "no",
                    YamlScalar { Text: "true" } => stated == "yes",
                    YamlScalar { Text: "" or "0" } => stated.StartsWith("none") || stated == "empty",
                    YamlScalar scalar => stated.Contains(scalar.Text),
                    YamlSequence sequence => sequence.Items.All(i => stated.Contains(((YamlScalar)i).Text)),
                    _ => true,
                };
                if (!agrees)
                    wrong.Add($"{record.TypeName}.{key.Property}: its text states '{stated}'");
            }
        }

        Assert.Empty(wrong.Distinct());
    }

    internal static List<Shape> AllShapes()
    {
        var shapes = new List<Shape>();
        Add(DefinitionShape.Shape);
        return shapes;

        void Add(Shape shape)
        {
            shapes.Add(shape);
            foreach ((string _, Shape child) in shape.Children)
                Add(child);
        }
    }
}
