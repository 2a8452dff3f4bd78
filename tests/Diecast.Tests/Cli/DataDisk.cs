namespace Diecast.Tests.Cli;

/// <summary>A definition that is built in no time.</summary>
internal static class DataDisk
{
    /// <summary>Writes a definition of a small data disk, and its files beside it.</summary>
    internal static string In(TempDirectory directory)
    {
        Directory.CreateDirectory(directory["files"]);
        File.WriteAllText(directory["files/hello"], "hello\n");
        File.WriteAllText(directory["data.yaml"], """
            name: data
            epoch: 1700000000
            image:
              partitions:
                - type: linux-generic
                  label: data
                  fileSystem: ext4
                  free: 1M
                  content: { directory: files }
            """);
        return directory["data.yaml"];
    }
}
