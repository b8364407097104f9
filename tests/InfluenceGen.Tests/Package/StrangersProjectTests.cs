using System.Text;
using System.Text.Json;
using InfluenceGen.Tests.Documentation;
using Xunit;

namespace InfluenceGen.Tests.Package;

/// <summary>
/// A project outside the repository that has the package and nothing else of ours. Its sources are the examples of the
/// README in the package, so these are what is tested, and models of the other families in both forms
/// (<c>Stranger/Families.cs</c>).
/// </summary>
[Collection(Builds.Name)]
public sealed class StrangersProjectTests(BuiltPackage package)
{
    [Fact]
    public void The_README_of_the_package_and_every_family_work_under_the_JIT_and_native()
    {
        using var folder = new TemporaryFolder();
        var packages = WriteProject(folder);
        Dotnet.Restore(folder.Path, ["-r", Dotnet.Platform], packages);
        Assert.Equal(package.Source, RestoredFrom(folder));

        var build = Dotnet.Run(folder.Path, ["build", "--no-restore", "-c", "Release", "-f", "net10.0"], packages);
        Assert.Empty(Warnings(build));
        var jit = Dotnet.Execute(folder.Path, "dotnet", [folder["bin/Release/net10.0/Stranger.dll"]]);
        Assert.Contains("gives most:", jit);
        Assert.Contains("Ann 214 (measured 151), Bob 100 (measured 75)", jit);
        Assert.All(["Customer", "Account", "Opinion", "Visits", "Species", "Curve"],
            model => Assert.Matches($@"\b{model}: loss \d+\.\d{{4}}, gradient \d+\.\d{{4}}, outflow \d+\.\d{{4}}, influence \d+\.\d{{4}}", jit));

        var publish = Dotnet.Run(folder.Path,
            ["publish", "--no-restore", "-c", "Release", "-f", Dotnet.NativeFramework, "-r", Dotnet.Platform], packages);
        Assert.Empty(Warnings(publish));
        var native = Dotnet.Execute(folder.Path, folder[$"bin/Release/{Dotnet.NativeFramework}/{Dotnet.Platform}/publish/Stranger"], []);
        Assert.Equal(jit, native);
    }

    /// <summary>Writes the project and the data it reads.</summary>
    /// <returns>Where its packages are restored to: a folder of its own. What the machine has already is looked up there
    /// and not fetched again; InfluenceGen is not among it.</returns>
    private (string, string) WriteProject(TemporaryFolder folder)
    {
        var blocks = CodeBlock.In(Encoding.UTF8.GetString(package.Content["README.md"]));
        var examples = blocks.Where(block => block.Language == "csharp").Select(block => block.Text).ToArray();
        Assert.Equal(4, examples.Length);
        folder.Write("Models.cs", examples[0] + examples[1]);
        folder.Write("Program.cs", examples[2] + examples[3] + "Stranger.Families.Print();\n");
        File.Copy(Path.Combine(Dotnet.Repository, "tests", "InfluenceGen.Tests", "Package", "Stranger", "Families.cs"), folder["Families.cs"]);
        foreach (var data in new[] { "breast-cancer.csv", "diabetes.csv" })
        {
            File.Copy(Path.Combine(Dotnet.Repository, "examples", "data", data), folder[data]);
        }

        // What it says on publishing comes first; then what depends on the machine that the test runs on.
        folder.Write("Stranger.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFrameworks>net10.0;net9.0</TargetFrameworks>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              {Assert.Single(blocks, block => block.Language == "xml").Text}
              <PropertyGroup>
                <PublishAot Condition="'$(TargetFramework)' != '{Dotnet.NativeFramework}'">false</PublishAot>
                <IlcInstructionSet>native</IlcInstructionSet>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="InfluenceGen" Version="[{package.Version}]" />
              </ItemGroup>
            </Project>
            """);
        folder.Write("NuGet.config", $"""
            <configuration>
              <packageSources>
                <add key="just built" value="{package.Source}" />
              </packageSources>
              <fallbackPackageFolders>
                <add key="machine" value="{MachinePackages()}" />
              </fallbackPackageFolders>
            </configuration>
            """);
        return ("NUGET_PACKAGES", folder["packages"]);
    }

    private string RestoredFrom(TemporaryFolder folder)
    {
        var metadata = File.ReadAllBytes(folder[$"packages/influencegen/{package.Version}/.nupkg.metadata"]);
        return JsonDocument.Parse(metadata).RootElement.GetProperty("source").GetString()!;
    }

    internal static string MachinePackages() =>
        Dotnet.Run(Dotnet.Repository, ["nuget", "locals", "global-packages", "--list"]).Split(": ", 2)[1].Trim();

    private static string[] Warnings(string output) =>
        [.. output.Split('\n').Where(line => line.Contains("warning ", StringComparison.Ordinal)).Distinct()];
}
